-- What each customer has bought, without shipping.
SELECT
  c.name,
  count(DISTINCT o.id) AS orders,
  sum(i.quantity * i.price_cents) AS spent_cents
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
JOIN items AS i ON i.order_id = o.id
WHERE o.placed_on >= '2024-01-01'
GROUP BY c.id, c.name
ORDER BY spent_cents DESC;
