from log_setup import FORMATTERS, render

record = {"time": "1", "level": "2", "logger": "3", "message": "4"}
assert render("plain", record) == "1 2 4"
assert render("json", record) == "1,2,3,4"
assert render("short", record) == "4"
assert render("plain", {"message": "x"}) == "- - x"
assert set(FORMATTERS) == {"plain", "json", "short"}
