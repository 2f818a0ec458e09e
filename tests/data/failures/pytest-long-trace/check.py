from query import Parser, QueryError, search

documents = {"t": "green tea and black tea", "c": "black coffee", "w": "plain water"}
for query, expected in [
    ("tea", ["t"]),
    ("BLACK", ["t", "c"]),
    ("water OR black AND tea", ["t", "w"]),
    ("(water OR black) AND (coffee OR plain)", ["c", "w"]),
    ("milk", []),
]:
    assert search(query, documents) == expected, query
for query in ("", "tea AND", "(tea", "tea )", "tea coffee", "OR tea", "tea AND )"):
    try:
        search(query, documents)
    except QueryError:
        continue
    raise SystemExit(f"{query!r} must be refused")
parser = Parser("tea")
parser._position = None
try:
    parser._peek()
except TypeError:
    pass
else:
    raise SystemExit("_peek must not hide errors other than the end of the tokens")
