SELECT i.article, sum(i.quantity) AS sold
FROM items AS i
JOIN orders AS o ON o.id = i.order_id
WHERE o.placed_on BETWEEN '2024-01-01' AND '2024-12-31'
  AND sum(i.quantity) >= 3
GROUP BY i.article
ORDER BY sold DESC, i.article;
