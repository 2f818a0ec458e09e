-- Employees who lead nobody.
SELECT e.name
FROM employees AS e
WHERE e.id NOT IN (SELECT manager_id FROM employees)
ORDER BY e.name;
