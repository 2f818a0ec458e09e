CREATE TABLE sensors (
  id INTEGER PRIMARY KEY,
  place TEXT NOT NULL,
  unit TEXT NOT NULL DEFAULT 'C'
);

CREATE TABLE readings (
  sensor_id INTEGER NOT NULL REFERENCES sensors (id),
  taken_at TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (sensor_id, taken_at),
);
