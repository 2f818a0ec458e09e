CREATE FUNCTION find_by_name(wanted text) RETURNS SETOF customers AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT * FROM customers WHERE name = ''' || wanted || '''';  <<security>>
END;
$$ LANGUAGE plpgsql;
