-- The amount of each invoice; orders of 100.00 and more are shipped for nothing.
SELECT
  t.order_id,
  c.name,
  t.goods_cents + CASE WHEN t.goods_cents >= 10000 THEN 0 ELSE t.shipping_cents END AS due_cents
FROM order_totals AS t
JOIN customers AS c ON c.id = t.customer_id
ORDER BY t.order_id;
