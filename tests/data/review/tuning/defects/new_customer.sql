INSERT INTO customers (id, name, email, created_at)
VALUES (17, 'Ada', 'ada@example.com');  <<logic>>
