SELECT country, count(*)
FROM customers
ORDER BY count(*) DESC
GROUP BY country;  <<syntax>>
