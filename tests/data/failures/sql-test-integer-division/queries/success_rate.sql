-- The share of the runs of each job that succeeded, in percent.
SELECT job, round(sum(status = 'ok') / count(*) * 100, 1) AS percent
FROM runs
GROUP BY job
ORDER BY percent, job;
