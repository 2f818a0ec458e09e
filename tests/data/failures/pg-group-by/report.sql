-- What each city has ordered, the best first.
SELECT c.city,
       count(*) AS orders,
       sum(o.cents) AS cents
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
GROUP BY c.name
ORDER BY cents DESC;
