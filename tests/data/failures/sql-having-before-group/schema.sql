CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  city TEXT
);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  placed_on TEXT NOT NULL,
  shipping_cents INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE items (
  order_id INTEGER NOT NULL REFERENCES orders (id),
  article TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_cents INTEGER NOT NULL
);

INSERT INTO customers VALUES (1, 'Ann', 'Lyon'), (2, 'Bob', 'Metz'), (3, 'Cyd', NULL);
INSERT INTO orders VALUES (10, 1, '2024-03-01', 500), (11, 1, '2024-04-02', 0), (12, 2, '2024-04-20', 700);
INSERT INTO items VALUES
  (10, 'lamp', 1, 4500), (10, 'bulb', 3, 300), (11, 'desk', 1, 19900), (12, 'bulb', 10, 300), (12, 'lamp', 2, 4500);
