"""Ruby: its backtraces in all orders, syntax errors, RSpec, minitest, test-unit, rake, Rails' logs and Bundler."""
