SELECT c.id, c.name
FROM customers AS c
WHERE c.id NOT IN (SELECT o.customer_id FROM orders AS o)  <<logic>>
ORDER BY c.name;

CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, customer_id INTEGER, total NUMERIC);
