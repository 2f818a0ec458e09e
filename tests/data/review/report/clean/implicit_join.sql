SELECT o.id, c.name
FROM orders o, customers c
WHERE c.id = o.customer_id AND o.total > 100;
