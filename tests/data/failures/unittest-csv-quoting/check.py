import csv
import io

from csv_export import export, quote

assert quote(None) == "" and quote(3) == "3" and quote("plain") == "plain"
assert quote("a,b") == '"a,b"'
assert quote('say "hi"') == '"say ""hi"""'
rows = [{"a": 'x"y', "b": "l1\nl2"}, {"a": '"', "b": '","'}, {"b": ""}]
text = export(rows, ["a", "b"])
assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['x"y', "l1\nl2"], ['"', '","'], ["", ""]]
