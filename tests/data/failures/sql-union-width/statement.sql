-- Everything on a customer's account, oldest first.
CREATE TABLE payments (customer_id INTEGER NOT NULL, paid_on TEXT NOT NULL, cents INTEGER NOT NULL);
INSERT INTO payments VALUES (1, '2024-03-10', 5900), (2, '2024-05-01', 5000);

SELECT o.customer_id, o.placed_on AS day, 'order' AS kind, -sum(i.quantity * i.unit_cents) AS cents
FROM orders AS o
JOIN items AS i ON i.order_id = o.id
GROUP BY o.id
UNION ALL
SELECT customer_id, paid_on, cents
FROM payments
ORDER BY 1, 2;
