SELECT o.id, c.name, sum(i.quantity * i.unit_cents) AS cents
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
JOIN items AS i ON i.order_id = o.id
HAVING cents > 10000
GROUP BY o.id
ORDER BY cents DESC;
