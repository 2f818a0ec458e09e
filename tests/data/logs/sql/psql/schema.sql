-- the shop
CREATE TABLE items (
  id serial PRIMARY KEY,
  name text NOT NULL,
  price integer CHECK (price >= 0)
);

INSERT INTO items (name, price) VALUES ('tea', 3);
INSERT INTO items (name, price)
VALUES ('mug', -1);

SELECT id, nam
FROM items
WHERE price > 1;

-- the comment before
-- goes on

SELECT name,
  price,
FROM items
WHERE price > 1;

SELECT * FROM itmes;
SELECT 1; SELECT 2 +; SELECT 3;
SELECT
  -- the name of it, long line follows
  name, price, upper(name) AS upper_name, lower(name) AS lower_name, lenght(name) AS name_length, id AS identifier
FROM items;
