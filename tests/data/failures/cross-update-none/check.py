from server import address
from settings import DEFAULTS, load, with_overrides

assert address("development", {}) == "http://127.0.0.1:8080"
assert address("production", {"APP_PORT": "443", "PATH": "x"}) == "https://0.0.0.0:443"
assert DEFAULTS == {"host": "127.0.0.1", "port": 8080, "debug": False}, "the defaults must stay as they are"
assert with_overrides({"a": 1}, {}) == {"a": 1}
assert with_overrides({"a": 1}, {"b": 2, "a": 3}) == {"a": 3, "b": 2}
assert load("production", {})["debug"] is False
