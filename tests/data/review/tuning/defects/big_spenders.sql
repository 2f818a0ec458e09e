SELECT customer_id, sum(total) AS spent
FROM orders
WHERE sum(total) > 1000  <<logic>>
GROUP BY customer_id;
