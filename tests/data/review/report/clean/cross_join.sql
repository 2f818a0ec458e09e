SELECT s.name AS size, c.name AS colour
FROM sizes s
CROSS JOIN colours c
ORDER BY s.name, c.name;
