-- The houses of a street in the order in which they stand.
SELECT number || suffix
FROM houses
WHERE street = :street
ORDER BY number, suffix;
