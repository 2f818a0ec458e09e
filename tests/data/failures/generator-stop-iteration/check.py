from main import pairs, to_ini

assert list(pairs([])) == []
assert list(pairs(["a", "1", "b", "2"])) == [("a", "1"), ("b", "2")]
assert list(pairs(["a", "1", "b"])) == [("a", "1"), ("b", "")]
assert to_ini(["host", "db1", "user"]) == "host = db1\nuser ="
