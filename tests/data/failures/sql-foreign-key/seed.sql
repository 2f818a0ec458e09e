INSERT INTO customers (id, name, city) VALUES
  (1, 'Ann', 'Lyon'),
  (2, 'Bob', 'Metz'),
  (4, 'Cyd', 'Nice');

INSERT INTO orders (id, customer_id, placed_on) VALUES
  (10, 1, '2024-03-01'),
  (11, 3, '2024-03-02'),
  (12, 3, '2024-03-05');

INSERT INTO items (order_id, article, quantity, unit_cents) VALUES
  (10, 'lamp', 1, 4500),
  (11, 'desk', 1, 19900);
