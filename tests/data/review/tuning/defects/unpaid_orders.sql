-- Orders that nobody has paid yet.
SELECT id, customer_id, total
FROM orders
WHERE paid_at = NULL  <<logic>>
ORDER BY created_at;
