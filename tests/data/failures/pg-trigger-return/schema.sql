CREATE TABLE accounts (
    id integer PRIMARY KEY,
    owner text NOT NULL,
    cents integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0
);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cents <> OLD.cents THEN
        NEW.changed := OLD.changed + 1;
    END IF;
END
$$;

CREATE TRIGGER account_changes BEFORE UPDATE ON accounts
    FOR EACH ROW EXECUTE FUNCTION count_change();

INSERT INTO accounts VALUES (1, 'Ada', 5000), (2, 'Bo', 1000);
