INSERT INTO sensors (id, place) VALUES (1, 'roof'), (2, 'cellar');
INSERT INTO readings VALUES (1, '2024-01-01 06:00', -3.5), (1, '2024-01-01 12:00', 2.0), (2, '2024-01-01 06:00', 11.0);
SELECT s.place, min(r.value), max(r.value) FROM sensors s JOIN readings r ON r.sensor_id = s.id GROUP BY s.id;
