CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Numbers count from 1 in each year.
CREATE TABLE invoices (
  year INTEGER NOT NULL,
  number INTEGER NOT NULL UNIQUE,
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
  cents INTEGER NOT NULL,
  PRIMARY KEY (year, number)
);
