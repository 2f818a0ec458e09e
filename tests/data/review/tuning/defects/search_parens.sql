SELECT id
FROM articles
WHERE (title LIKE '%sql%' OR body LIKE '%sql%'  <<syntax>>
ORDER BY id;  <<syntax>>
