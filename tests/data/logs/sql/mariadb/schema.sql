-- the shop
CREATE DATABASE IF NOT EXISTS shop;
USE shop;
CREATE TABLE items (
  id INT PRIMARY KEY AUTO_INCREMENT,
  name VARCHAR(40) NOT NULL
);
INSERT INTO items (name) VALUES ('tea');

SELECT id, nam
FROM items;

SELECT name,
  id,
FROM items
WHERE id > 1;

SELECT * FROM itmes;
INSERT INTO items (id, name) VALUES (1, 'x');
