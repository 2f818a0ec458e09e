CREATE VIEW order_totals AS
SELECT
  o.id AS order_id,
  o.customer_id,
  o.placed_on,
  sum(i.quantity * i.unit_cents) AS goods_cents
FROM orders AS o
JOIN items AS i ON i.order_id = o.id
GROUP BY o.id;

CREATE VIEW monthly AS
SELECT substr(placed_on, 1, 7) AS month, count(*) AS orders, sum(goods_cents) AS goods_cents
FROM order_totals
GROUP BY month;
