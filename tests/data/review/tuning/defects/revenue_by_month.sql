SELECT date_trunc('month', created_at) AS month,
       customer_id,  <<logic>>
       sum(total) AS revenue
FROM orders
GROUP BY date_trunc('month', created_at)
ORDER BY month;
