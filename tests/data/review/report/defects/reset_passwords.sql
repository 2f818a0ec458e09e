-- The user asked for a new password.
UPDATE users SET password_hash = '', must_reset = TRUE;  <<logic>>
