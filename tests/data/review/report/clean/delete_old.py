import logging
from pathlib import Path

_logger = logging.getLogger(__name__)


def delete_old(folder: Path, before: float) -> int:
    """Delete the files that are older; return how many there were."""
    count = 0
    for path in folder.iterdir():
        try:
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
                count += 1
        except FileNotFoundError:
            continue  # somebody else was faster
        except OSError:
            _logger.warning("cannot delete %s", path)
    return count
