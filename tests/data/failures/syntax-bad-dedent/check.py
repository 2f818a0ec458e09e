from main import rotate

files = {"app.log": "a", "app.log.1": "b", "app.log.2": "c", "notes.txt": "n"}
assert rotate(files, "app.log", keep=2) == {"app.log": "", "app.log.1": "a", "app.log.2": "b", "notes.txt": "n"}
assert rotate(files, "app.log", keep=3)["app.log.3"] == "c"
assert rotate({"x.log": ""}, "x.log", keep=1) == {"x.log": ""}
assert rotate({"x.log.1": "q"}, "x.log", keep=1) == {"x.log": ""}
