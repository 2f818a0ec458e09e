import log_setup

RECORD = {"time": "10:02:11", "level": "INFO", "logger": "importer", "message": "42 rows"}

for kind in ("plain", "json", "short"):
    print(log_setup.render(kind, RECORD))
