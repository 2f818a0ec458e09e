-- What is worth insuring.
SELECT item, total
FROM worth(10000);
