-- tables of the shop
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  price INTEGER CHECK (price >= 0)
);

INSERT INTO items (name, price) VALUES ('tea', 3);
INSERT INTO items (name, price)
VALUES ('mug', -1);

SELECT id, nam
FROM items
WHERE price > 1;

SELECT name,
  price,
FROM items
WHERE price > 1;

SELECT * FROM itmes;
