CREATE TABLE stock (
    item text PRIMARY KEY,
    pieces integer NOT NULL,
    cents integer NOT NULL
);

CREATE FUNCTION worth(minimum integer) RETURNS TABLE (item text, total integer) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
        SELECT s.item, sum(s.pieces * s.cents)
        FROM stock AS s
        GROUP BY s.item
        HAVING sum(s.pieces * s.cents) >= minimum
        ORDER BY 2 DESC;
END
$$;

INSERT INTO stock VALUES ('lamp', 3, 4500), ('desk', 1, 19900), ('pen', 40, 150);
