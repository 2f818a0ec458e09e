"""Run SQL files with psql on a new PostgreSQL database: python run.py FILE..."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
TEMPLATE = Path(tempfile.gettempdir()) / f"empty-postgresql-{PROGRAMS.parent.name}-{os.getuid()}"
# The server refuses to run as root.
AS_USER = [] if os.geteuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def call(program, *arguments):
    command = [*AS_USER, str(PROGRAMS / program), *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def database():
    """Give a function that runs psql on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if not TEMPLATE.exists():
            made = f"{folder}/template"
            call("initdb", "--pgdata", made, "--username=dev", "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync")
            with suppress(OSError):  # another run was faster
                os.rename(made, TEMPLATE)
        data = f"{folder}/data"
        shutil.copytree(TEMPLATE, data)
        os.chmod(data, 0o700)
        call("pg_ctl", "start", "--wait", "-D", data, "-l", f"{folder}/log", "-o", f"-F -h '' -k {folder}")

        def psql(*arguments):
            options = ["-h", folder, "-U", "dev", "-d", "postgres", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
            command = [str(PROGRAMS / "psql"), *options, *arguments]
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        try:
            yield psql
        finally:
            call("pg_ctl", "stop", "-D", data, "--mode=immediate")


def main(paths):
    with database() as psql:
        for path in paths:
            print(f"psql shop < {path}", flush=True)
            done = psql("-f", path)
            print(done.stdout, end="")
            if done.returncode:
                sys.exit(done.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
