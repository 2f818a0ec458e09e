CREATE OR REPLACE FUNCTION add_item(n text, p integer) RETURNS integer AS $$
DECLARE
  new_id integer;
BEGIN
  INSERT INTO items (name, price)
  VALUES (n, p)
  RETURNING identifier INTO new_id;
  RETURN new_id;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION half(a integer, b integer) RETURNS integer AS $$
BEGIN
  IF b < 0 THEN
    RAISE EXCEPTION 'negative divisor %', b USING HINT = 'Pass a positive number.';
  END IF;
  RETURN a / b;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION outer_half(a integer) RETURNS integer AS $$
BEGIN
  PERFORM half(a, 0);
  RETURN half(a, -1);
END;
$$ LANGUAGE plpgsql;

SELECT add_item('pot', 5);
SELECT outer_half(3);
SELECT half(1, -1);
DO $$
BEGIN
  PERFORM nothere(1);
END
$$;
CREATE FUNCTION bad() RETURNS void AS $$
BEGIN
  SELEC 1;
END;
$$ LANGUAGE plpgsql;
CREATE FUNCTION bad2() RETURNS void AS $$
DECLARE x int;
BEGIN
  x := 1
  y := 2;
END;
$$ LANGUAGE plpgsql;
