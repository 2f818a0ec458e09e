import configparser
import tempfile
from pathlib import Path


def round_trip(settings: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser()
    parser.read_dict(settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.ini"
        with path.open("w", encoding="utf-8") as file:
            parser.write(file)
        again = configparser.ConfigParser()
        again.read(path, encoding="utf-8")
    return {section: dict(again[section]) for section in again.sections()}
