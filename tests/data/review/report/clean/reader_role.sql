CREATE ROLE reporting LOGIN;
GRANT SELECT ON orders, customers TO reporting;
REVOKE ALL ON payments FROM PUBLIC;
