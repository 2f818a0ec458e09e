-- Articles that cost more than the average article.
SELECT DISTINCT article, unit_cents -- each once
FROM items
WHERE unit_cents > (
  SELECT avg(price)
  FROM (SELECT DISTINCT article, unit_cents AS price FROM items
)
ORDER BY unit_cents DESC;
