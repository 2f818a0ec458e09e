SELECT o.id, c.name, o.total
FROM orders o, customers c  <<logic>>
WHERE o.total > 100
ORDER BY o.total DESC;
