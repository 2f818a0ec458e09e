SELECT id, name,  <<syntax>>
FROM products  <<syntax>>
WHERE active
ORDER BY name;
