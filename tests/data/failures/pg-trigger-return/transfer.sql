BEGIN;
UPDATE accounts SET cents = cents - 700 WHERE id = 1;
UPDATE accounts SET cents = cents + 700 WHERE id = 2;
COMMIT;
SELECT owner, cents, changed FROM accounts ORDER BY id;
