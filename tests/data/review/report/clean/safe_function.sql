CREATE FUNCTION find_customer(wanted text) RETURNS SETOF customers AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT * FROM customers WHERE name = $1' USING wanted;
END;
$$ LANGUAGE plpgsql;
