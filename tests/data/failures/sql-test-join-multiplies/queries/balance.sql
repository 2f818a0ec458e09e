-- For each order what it costs and what was paid.
SELECT
  o.id,
  coalesce(sum(i.quantity * i.cents), 0) AS cost,
  coalesce(sum(p.cents), 0) AS paid
FROM orders AS o
LEFT JOIN items AS i ON i.order_id = o.id
LEFT JOIN payments AS p ON p.order_id = o.id
GROUP BY o.id
ORDER BY o.id;
