SELECT id, state
FROM orders
WHERE state NOT IN ('cancelled', 'returned')
  AND customer_id NOT IN (SELECT id FROM customers WHERE is_test AND id IS NOT NULL);
