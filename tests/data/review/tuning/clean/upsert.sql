INSERT INTO counters (name, value)
VALUES ('visits', 1), ('orders', 0)
ON CONFLICT (name) DO UPDATE SET value = counters.value + EXCLUDED.value;
