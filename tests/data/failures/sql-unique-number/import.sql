INSERT INTO suppliers (name) VALUES ('Acme'), ('Globex');

INSERT INTO invoices (year, number, supplier_id, cents) VALUES
  (2023, 1, 1, 12000),
  (2023, 2, 2, 8050);

INSERT INTO invoices (number, year, supplier_id, cents) VALUES
  (1, 2024, 2, 9900),
  (2, 2024, 2, 1500);

SELECT s.name, count(*), sum(i.cents)
FROM suppliers AS s JOIN invoices AS i ON i.supplier_id = s.id
GROUP BY s.id ORDER BY s.name;
