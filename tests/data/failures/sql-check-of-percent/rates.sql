-- Standard rates, in percent.
INSERT INTO tax_rates (country, percent, valid_from) VALUES
  ('GG', 0, '2020-01-01'),
  ('DE', 19, '2007-01-01'),
  ('FR', 20, '2014-01-01'),
  ('FI', 25.5, '2024-09-01'),
  ('FI', 24, '2013-01-01');
