-- The mean of each station to one decimal, and its warmest day.
SELECT station,
       round(avg(celsius), 1) AS mean,
       (array_agg(taken ORDER BY celsius DESC))[1] AS warmest
FROM readings
GROUP BY station
ORDER BY station;
