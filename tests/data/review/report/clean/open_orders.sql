SELECT id, customer_id, total
FROM orders
WHERE paid_at IS NULL AND cancelled_at IS NULL
ORDER BY created_at;
