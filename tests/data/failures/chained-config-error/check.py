from config import ConfigError, Database, load_database

assert load_database('{"database": {"host": "h", "timeout": 2.5}}') == Database("h", 5432, 2.5)
assert load_database('{"database": {"host": "h", "port": "6", "timeout": 1}}') == Database("h", 6, 1.0)
for text in ('{"database": {"host": "h"}}', '{"database": {"timeout": 1}}', "{}", "no json"):
    try:
        load_database(text)
    except ConfigError:
        continue
    raise SystemExit(f"{text} must be refused")
