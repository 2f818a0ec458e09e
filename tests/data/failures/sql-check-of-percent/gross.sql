SELECT country, round(1000 * (1 + percent / 100), 1) AS gross
FROM tax_rates AS r
WHERE valid_from = (SELECT max(valid_from) FROM tax_rates AS n WHERE n.country = r.country)
ORDER BY country;
