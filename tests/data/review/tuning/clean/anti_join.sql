-- Customers without an open order.
SELECT c.name
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id AND o.state = 'open'
WHERE o.id IS NULL;
