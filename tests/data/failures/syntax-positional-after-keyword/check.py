from main import chart

assert chart({"a": 5, "b": 10}, width=4) == ["b       |####| 10", "a       |##  | 5"]
assert chart({}) == []
assert chart({"z": 0}, width=3) == ["z       |   | 0"]
