SELECT user_id, min(logged_in_at) AS last_login  <<logic>>
FROM logins
GROUP BY user_id;
