SELECT customer_id, sum(total) AS spent
FROM orders
WHERE state = 'paid'
GROUP BY customer_id
HAVING sum(total) > 1000;
