-- The latest order of each customer.
SELECT c.name, o.id, o.placed_on
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
WHERE row_number() OVER (PARTITION BY c.id ORDER BY o.placed_on DESC) = 1
ORDER BY c.name;
