CREATE TABLE tax_rates (
  country TEXT NOT NULL,
  percent REAL NOT NULL CHECK (percent BETWEEN 0 AND 1),
  valid_from TEXT NOT NULL CHECK (valid_from LIKE '____-__-__'),
  PRIMARY KEY (country, valid_from)
);
