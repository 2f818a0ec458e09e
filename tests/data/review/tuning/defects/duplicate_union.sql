SELECT status, count(*) AS amount,
       CASE WHEN status = 'new' THEN 1
            WHEN status = 'paid' THEN 2
            WHEN status = 'paid' THEN 3  <<logic>>
            ELSE 9 END AS rank
FROM orders
GROUP BY status;
