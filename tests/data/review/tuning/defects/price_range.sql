SELECT name, price
FROM products
WHERE price BETWEEN 100 AND 50;  <<logic>>
