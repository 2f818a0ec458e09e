-- Customers with the date of their last order.
SELECT
  c.id,
  c.name,
  coalesce(c.city, '(unknown)') AS city
  max(o.placed_on) AS last_order
FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id
GROUP BY c.id
ORDER BY c.name;
