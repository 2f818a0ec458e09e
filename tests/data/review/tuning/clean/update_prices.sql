UPDATE products
SET price = price * 1.05, updated_at = now()
WHERE category_id = 4 AND price < 100;
