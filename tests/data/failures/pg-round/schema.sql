CREATE TABLE readings (
    station text NOT NULL,
    taken date NOT NULL,
    celsius double precision NOT NULL,
    PRIMARY KEY (station, taken)
);
INSERT INTO readings VALUES
    ('harbour', '2024-05-01', 11.26),
    ('harbour', '2024-05-02', 12.49),
    ('harbour', '2024-05-03', 12.63),
    ('summit', '2024-05-01', -3.18),
    ('summit', '2024-05-02', -1.04);
