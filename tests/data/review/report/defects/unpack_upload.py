import zipfile
from pathlib import Path


def unpack(upload, folder: Path):
    with zipfile.ZipFile(upload) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename
            target.write_bytes(archive.read(entry))  <<security>>
