CREATE USER reporting WITH PASSWORD 'Summer2024!';  <<security>>
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting;
