-- All customers, with their open orders if they have any.
SELECT c.name, o.id
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id
WHERE o.state = 'open';  <<logic>>
