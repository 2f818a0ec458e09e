SELECT id, customer_id, total,
       rank() OVER (PARTITION BY customer_id ORDER BY total DESC) AS place
FROM orders
WHERE total BETWEEN 50 AND 100;
