CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id),
  delivered_on TEXT
);
INSERT INTO deliveries VALUES (1, 10, '2024-03-04'), (2, 11, '2024-04-15'), (3, 12, NULL);

-- Orders that took more than a week, or are still on their way.
SELECT id, julianday(delivered_on) - julianday(placed_on) AS days
FROM orders AS o
LEFT JOIN deliveries AS d ON d.order_id = o.id
WHERE delivered_on IS NULL OR julianday(delivered_on) - julianday(placed_on) > 7
ORDER BY id;
