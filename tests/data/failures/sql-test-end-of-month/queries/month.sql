-- What was sold in a month, such as 2024-01.
SELECT count(*), coalesce(sum(cents), 0)
FROM sales
WHERE sold_at BETWEEN :month || '-01' AND date(:month || '-01', '+1 month', '-1 day');
