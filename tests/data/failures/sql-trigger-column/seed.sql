INSERT INTO accounts (id, owner) VALUES (1, 'Ann'), (2, 'Bob');

INSERT INTO bookings (account_id, amount, booked_at) VALUES
  (1, 5000, '2024-01-02'),
  (2, 3000, '2024-01-03'),
  (1, -1200, '2024-01-09');

SELECT owner, balance FROM accounts ORDER BY owner;
