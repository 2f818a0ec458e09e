"""What SQL tools report: which file and line they mean, what counts, and what never breaks the reader."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_lsp.cli import main
from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.sql.scan import read_sql
from qwen_lsp.model import Failure, StackFrame

from .cases import FOLDER

_SQL = FOLDER / "sql"
_LINES = sorted({line for log in _SQL.glob("*.log") for line in log.read_text(encoding="utf-8").split("\n")})
_STARTS = ("psql:", "ERROR", "Parse", "Error", "Msg", "ORA-", "PLS-", "L: ", "::warning", "2026", "sqlalchemy", "LINE")
_TRACEBACK = 'Traceback (most recent call last):\n  File "/app/shop.py", line 3, in load\n    cursor.execute(sql)\n'


def _log(name: str) -> str:
    return (_SQL / f"{name}.log").read_text(encoding="utf-8")


def _primary(log: str) -> Failure:
    (primary,) = [failure for failure in parse_log(log).failures if failure.primary]
    return primary


def _script_line(frame: StackFrame, folder: str) -> str:
    """Return the line of the script that ``frame`` names, with tabs as the blanks that psql shows for them."""
    lines = (_SQL / folder / Path(frame.path).name).read_text(encoding="utf-8").split("\n")
    assert frame.lineno is not None
    return lines[frame.lineno - 1].replace("\t", " ").strip()


def test_psql_names_the_line_that_ends_a_statement() -> None:
    """The line is where psql sent the statement off; the text of "LINE n" stands there or some lines above."""
    script = (_SQL / "psql" / "schema.sql").read_text(encoding="utf-8").split("\n")
    frames = [failure.frames[0] for failure in parse_log(_log("psql-script")).failures]
    assert [frame.lineno for frame in frames] == [10, 14, 22, 24, 25, 29]
    for frame in frames:
        assert ";" in _script_line(frame, "psql")
        if frame.source_line is not None:
            assert any(frame.source_line in line for line in script[: frame.lineno])


def test_psql_with_its_statements_names_the_line_of_the_fault() -> None:
    """Where psql prints the statement, too, the line is that of the fault, also behind empty lines and comments."""
    failures = parse_log(_log("psql-echo-errors")).failures
    found = {failure.frames[0].lineno: failure.frames[0] for failure in failures if failure.frames[0].source_line}
    assert sorted(line for line in found if line is not None) == [4, 11, 15, 16, 18]
    for frame in found.values():
        assert _script_line(frame, "psql") == frame.source_line


def test_a_statement_longer_than_its_file_leads_to_no_line() -> None:
    """A log that contradicts itself gives no line before the first."""
    error = 'psql:c.sql:1: ERROR:  column "nam" does not exist\nLINE 1: nam\n        ^\n'
    log = error + "psql:c.sql:1: STATEMENT:  nam\na\nb;\n"
    assert [frame.lineno for frame in _primary(log).frames] == [None]


def test_plpgsql_lines_count_from_the_quote_that_opens_the_body() -> None:
    """Functions whose body begins on the line of CREATE FUNCTION: the sum of both lines is the line of the fault."""
    script = (_SQL / "psql" / "func.sql").read_text(encoding="utf-8").split("\n")
    failure = next(one for one in parse_log(_log("psql-functions")).failures if one.message == "division by zero")
    texts = []
    for frame in failure.frames[1:]:
        created = next(number for number, line in enumerate(script) if f"FUNCTION {frame.function}(" in line)
        assert frame.lineno is not None
        texts.append(script[created + frame.lineno - 1].strip())
    assert texts == ["PERFORM half(a, 0);", "RETURN a / b;"]


def test_sqlite3_names_the_line_that_begins_a_statement() -> None:
    """sqlite3's line is that of the statement's first word; the command above it names the file."""
    frames = [failure.frames[0] for failure in parse_log(_log("sqlite3-script")).failures]
    assert {frame.path for frame in frames} == {"schema.sql"}
    starts = [_script_line(frame, "sqlite3").split()[0] for frame in frames]
    assert starts == ["INSERT", "SELECT", "SELECT", "SELECT"]


def test_mariadb_names_the_line_of_the_fault() -> None:
    """The client's line and the server's line add up to the line of the script."""
    frames = [failure.frames[0] for failure in parse_log(_log("mariadb-source")).failures]
    assert [frame.lineno for frame in frames] == [4, 10, 15, 18, 19]
    for frame in frames:
        if frame.source_line is not None:
            assert _script_line(frame, "mariadb") == frame.source_line


@pytest.mark.parametrize(
    ("log", "message"),
    [
        pytest.param(
            "psql:a.sql:1: ERROR:  first\npsql:a.sql:2: ERROR:  second\n", "first", id="a script goes on after an error"
        ),
        pytest.param(
            "psql:a.sql:1: ERROR:  current transaction is aborted, commands ignored until end of transaction block\n"
            "psql:a.sql:9: ERROR:  cause\n",
            "cause",
            id="an aborted transaction is no cause",
        ),
        pytest.param(
            "2024-05-01 10:00:00.123 UTC [7] app@shop ERROR:  a\n"
            "2024-05-01 10:00:00.123 UTC [7] app@shop STATEMENT:  x\n"
            f'{_TRACEBACK}psycopg2.errors.UndefinedTable: relation "a" does not exist\nLINE 1: x\n        ^\n',
            'relation "a" does not exist\nLINE 1: x\n        ^',
            id="the program's traceback before the server's log of the same error",
        ),
        pytest.param(
            "psql:a.sql:1: ERROR:  in the script\n"
            f"{_TRACEBACK}subprocess.CalledProcessError: Command '['psql']' returned non-zero exit status 3.\n",
            "in the script",
            id="what psql said before the exception that says that psql failed",
        ),
        pytest.param(
            "== [a.sql] FAIL\nL:   1 | P:   1 | LT01 | spacing\nL:   3 | P:   7 |  PRS | no parse\n",
            "no parse",
            id="a file that does not parse before matters of style",
        ),
        pytest.param(
            f"{_TRACEBACK}oracledb.exceptions.DatabaseError: ORA-06550: line 1, column 7:\n"
            "PLS-00201: identifier 'F' must be declared\nORA-06550: line 1, column 7:\nPL/SQL: Statement ignored\n",
            "ORA-06550: line 1, column 7:\nPLS-00201: identifier 'F' must be declared\n"
            "ORA-06550: line 1, column 7:\nPL/SQL: Statement ignored",
            id="the lines of an Oracle message belong to the exception that holds it",
        ),
    ],
)
def test_picks_the_failure_to_explain(log: str, message: str) -> None:
    """The cause is the primary failure, neither what follows from it nor another program's echo of it."""
    assert _primary(log).message == message


@pytest.mark.parametrize(
    "log",
    [
        "ERROR:  While executing gem ... (Gem::InstallError)\n",
        'psql:a.sql:3: NOTICE:  table "a" does not exist, skipping\n',
        "psql:a.sql:3: WARNING:  there is no transaction in progress\n",
        "2024-05-01 10:00:00 app ERROR:  no fields follow\n",
        "LINE 3: FROM items\n        ^\n",
    ],
)
def test_takes_no_other_output_for_an_error_of_sql(log: str) -> None:
    """Warnings, other tools' errors and parts of a message alone are not read as failures of SQL."""
    assert read_sql(log.split("\n")).sightings == ()


def test_reads_an_oracle_message_inside_a_traceback_once() -> None:
    """No second failure is made of the further lines of a Python exception's message."""
    log = (
        f"{_TRACEBACK}oracledb.exceptions.DatabaseError: ORA-06550: line 1, column 7:\n"
        "PLS-00201: identifier 'F' must be declared\nORA-06550: line 1, column 7:\nPL/SQL: Statement ignored\n"
    )
    assert [failure.language for failure in parse_log(log).failures] == ["python"]


def test_reads_a_log_with_a_runners_time_stamps() -> None:
    """What a CI runner puts before each line changes nothing."""
    log = _log("psql-functions")
    stamped = "".join(f"2024-05-01T10:00:00.1234567Z {line}\n" for line in log.splitlines())
    assert parse_log(stamped).failures == parse_log(log).failures


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("$ sqlite3 shop.db < db/schema.sql", "db/schema.sql"),
        ("+ /usr/bin/sqlite3 -bail shop.db '.read db/schema.sql'", "db/schema.sql"),
        ("cat db/schema.sql | sqlite3 shop.db", "db/schema.sql"),
        ("sqlite> .read db/schema.sql", "db/schema.sql"),
        ("$ sqlite3 old.db < old.sql\n$ sqlite3 shop.db", "<stdin>"),
        ("$ cat schema.sql", "<stdin>"),
    ],
)
def test_finds_the_script_in_the_command(command: str, path: str) -> None:
    """sqlite3 names no file; the last command that ran it does."""
    (failure,) = parse_log(f"{command}\nParse error near line 3: no such table: itmes\n").failures
    assert [(frame.path, frame.lineno) for frame in failure.frames] == [(path, 3)]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace, which is also the current folder; no backend is set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("QWEN_LSP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("QWEN_LSP_AUTO_START", "0")
    return tmp_path


@pytest.mark.parametrize(
    ("log", "script", "place"),
    [
        ("psql-script", "psql/schema.sql", "db/schema.sql:10"),
        ("psql-include", "psql/tx.sql", "db/tx.sql:2"),
        ("psql-echo-errors", "psql/c.sql", "db/c.sql:4"),
        ("sqlite3-bail", "sqlite3/schema.sql", "db/schema.sql:9"),
        ("mariadb-stdin", "mariadb/schema.sql", "db/schema.sql:10"),
    ],
)
def test_diagnose_shows_the_line_of_the_script(
    workspace: Path, capsys: pytest.CaptureFixture[str], log: str, script: str, place: str
) -> None:
    """A user who pastes a shell's log sees the line of the .sql file, without any model."""
    (workspace / "db").mkdir()
    (workspace / place.partition(":")[0]).write_text((_SQL / script).read_text(encoding="utf-8"), encoding="utf-8")
    log_file = workspace / "log.txt"
    log_file.write_text(_log(log), encoding="utf-8")
    main(["diagnose", "--no-model", "--log", str(log_file)])
    assert place in capsys.readouterr().out


def test_diagnose_finds_the_line_inside_a_statement_by_its_text(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The statement ends in line 14; the text that psql shows stands in line 12."""
    script = (_SQL / "psql" / "schema.sql").read_text(encoding="utf-8")
    (workspace / "schema.sql").write_text(script, encoding="utf-8")
    error = 'psql:schema.sql:14: ERROR:  column "nam" does not exist\nLINE 1: SELECT id, nam\n                   ^\n'
    (workspace / "log.txt").write_text(error, encoding="utf-8")
    main(["diagnose", "--no-model", "--log", str(workspace / "log.txt")])
    assert "schema.sql:12" in capsys.readouterr().out


@settings(deadline=None)
@given(st.lists(st.sampled_from(_LINES) | st.text(max_size=20), max_size=80))
def test_reads_shuffled_lines_of_real_logs(lines: list[str]) -> None:
    """Lines of real logs in any order do not raise, and every frame is one that can be shown."""
    for sighting in read_sql(lines).sightings:
        for frame in sighting.failure.frames:
            assert frame.path
            assert frame.lineno is None or frame.lineno > 0
            if frame.caret is not None:
                assert frame.source_line is not None
                assert 0 <= frame.caret.start < frame.caret.end <= len(frame.source_line)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        *(f"{line}\n" for line in {line[:8]: line for line in _LINES if line.startswith(_STARTS)}.values()),
        "psql:" + "a:1" * 1_000 + "\n",
        "PL/pgSQL " * 400 + "\n",
        "ERROR 1064 (42000) at line 1: x near '\n",
        "sqlite3 " * 300 + "\n",
        "a.sql " * 500 + "sqlite3 x\nParse error near line 1: a\n",
        "--------------\nx\n--------------\n\nERROR 1054 (42S22) at line 1: a\n",
        "--------------\n\nERROR 1054 (42S22) at line 1: a\n",
        "sqlalchemy.exc.A: (b) c\nx\n",
        "psql:a.sql:1: ERROR:  a\nQUERY:  x\n",
        "x failed\n-----------\nSQL State  : 1\nMessage    : ERROR: x\nLocation   : a (/a)\n",
        "Migration failed for changeset a::b::c:\n     Reason: " + "a [Failed SQL: " * 260 + "\n",
        "psql:a.sql:1: STATEMENT:  a\n",
    ],
)
def test_takes_linear_time(unit: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated."""
    count = max(100_000 // len(unit), 1)
    short, long = _seconds(unit * count), _seconds(unit * (4 * count))
    assert long < 12 * short + 0.5


def _seconds(text: str) -> float:
    lines = text.split("\n")
    start = time.process_time()
    read_sql(lines)
    return time.process_time() - start
