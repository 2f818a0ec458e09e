CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    city text NOT NULL
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    cents integer NOT NULL
);
INSERT INTO customers VALUES (1, 'Ada', 'Oslo'), (2, 'Bo', 'Bergen'), (3, 'Cy', 'Oslo');
INSERT INTO orders VALUES (1, 1, 1200), (2, 1, 800), (3, 2, 500), (4, 3, 700);
