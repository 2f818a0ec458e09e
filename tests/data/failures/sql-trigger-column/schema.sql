CREATE TABLE accounts (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, balance INTEGER NOT NULL DEFAULT 0);

CREATE TABLE bookings (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id),
  amount INTEGER NOT NULL,
  booked_at TEXT NOT NULL
);

CREATE TRIGGER bookings_balance AFTER INSERT ON bookings
BEGIN
  UPDATE accounts SET balance = balance + NEW.value WHERE id = NEW.account_id;
END;

CREATE TRIGGER bookings_are_final BEFORE UPDATE ON bookings
BEGIN
  SELECT raise(ABORT, 'bookings are final');
END;
