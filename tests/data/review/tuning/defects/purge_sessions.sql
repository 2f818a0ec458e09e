BEGIN;
INSERT INTO session_log SELECT * FROM sessions WHERE expires_at < now();
DELETE FROM sessions;  <<logic>>
COMMIT;
