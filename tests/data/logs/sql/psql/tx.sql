BEGIN;
INSERT INTO items (name, price) VALUES ('x', 'abc');
INSERT INTO items (name, price) VALUES ('y', 2);
COMMIT;
DROP TABLE IF EXISTS nothing;
INSERT INTO items VALUES (1, 'dup', 1);
ALTER TABLE items ADD COLUMN price integer;
