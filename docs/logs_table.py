"""Writes the generated table of docs/logs.md: ``python -m docs.logs_table``; ``--check`` only compares.

A case of ``tests/data/logs`` counts for the first of ``TOOLS`` that its source or its name tells of. A case of a tool
that is not among them is an error: add a line here.
"""
# ruff: noqa: INP001 - docs is no package

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.unit.logparse.cases import LogCase, load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
PAGE = Path(__file__).with_name("logs.md")
HEADINGS = ("tool", "languages", "logs", "really run", "format documented", "written", "no failure in it")
_NAMES = {
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "sql": "SQL",
    "php": "PHP",
    "json": "JSON",
    "cmake": "CMake",
    "ocaml": "OCaml",
}
# What failures are said to be of, and are no programming languages.
_NO_LANGUAGES = frozenset(
    {"text", "make", "cmake", "ninja", "json", "toml", "yaml", "dockerfile", "nginx", "prisma", "css", "terraform"}
)
_NO_TOOLS = ("any tool", "what people paste", "SQL, other", "JavaScript, other")

# In the order in which they are looked for: what runs other tools stands before these.
TOOLS: tuple[tuple[str, str], ...] = (
    ("any tool (path:line:column)", r"^generic/"),
    ("terminals (tmux)", r"^wrapped/"),
    ("GitHub Actions", r"^noise/github"),
    ("Azure Pipelines", r"^noise/azure"),
    ("GitLab CI", r"^noise/gitlab"),
    ("Buildkite", r"^noise/buildkite"),
    ("Jenkins", r"^noise/jenkins"),
    ("journalctl", r"^noise/journalctl"),
    ("kubectl logs", r"^noise/kubectl"),
    ("containerd", r"^noise/containerd"),
    ("docker logs", r"^noise/docker-json"),
    ("docker compose", r"docker-compose|docs\.docker\.com/reference/cli/docker/compose"),
    ("docker build", r"^noise/(?:buildkit|docker-build)|^configuration/dockerfile"),
    ("ShellCheck", r"ShellCheck"),
    ("Ansible, yamllint", r"ansible|yamllint"),
    ("Terraform", r"terraform"),
    ("Bazel", r"bazel"),
    ("Meson", r"Meson"),
    ("nginx", r"nginx\.org"),
    ("kubectl apply, GitHub workflows", r"kubectl_apply|workflow-syntax"),
    ("Bun", r"bun\.sh"),
    ("PowerShell", r"powershell"),
    ("Unity", r"unity3d"),
    ("Airflow", r"airflow"),
    ("Helm", r"helm\.sh"),
    ("Flyway, Liquibase, Alembic", r"flyway|liquibase|Alembic"),
    ("Prisma", r"prisma"),
    ("OCaml", r"ocaml"),
    ("Solidity", r"solidity"),
    ("uv", r"\buv [0-9]"),
    ("concurrently, turbo, pnpm, foreman", r"^noise/(?:concurrently|turbo|pnpm|foreman)"),
    ("Heroku", r"^noise/heroku"),
    ("AWS Lambda", r"aws\.amazon\.com/lambda"),
    ("JSON loggers", r"^noise/json"),
    ("what people paste", r"^noise/"),
    ("SQLAlchemy", r"SQLAlchemy|sqlalchemy"),
    ("psycopg, sqlite3 in Python", r"psycopg|sqlite3 module"),
    ("dbt", r"\bdbt\b"),
    ("sqlfluff", r"sqlfluff"),
    ("psql", r"\bpsql\b"),
    ("PostgreSQL", r"PostgreSQL|pg_dump"),
    ("MariaDB and MySQL shells", r"mariadb|mysql"),
    ("sqlite3 shell", r"sqlite3|SQLite"),
    ("Oracle (SQL*Plus, SQLcl)", r"oracle-|docs\.oracle\.com/en/(?:database|error-help)"),
    ("SQL Server (sqlcmd)", r"microsoft\.com/en-us/sql"),
    ("SQL, other", r"^sql/"),
    ("ts-jest", r"ts-jest"),
    ("Jest", r"\bjest\b"),
    ("Mocha", r"\bmocha\b"),
    ("Playwright", r"Playwright"),
    ("Cypress", r"cypress"),
    ("Jasmine, Karma", r"Jasmine|karma"),
    ("AVA, QUnit, node-tap", r"AVA|QUnit|node-tap"),
    ("Deno", r"Deno"),
    ("Biome, oxlint, Prettier", r"Biome|oxlint|Prettier"),
    ("stylelint", r"stylelint"),
    ("svelte-check, vue-tsc", r"svelte-check|vue-tsc"),
    ("SWC, tsx", r"SWC|\btsx\b"),
    ("Metro (React Native)", r"^javascript/metro"),
    ("Next.js", r"next-build"),
    ("Angular", r"^javascript/angular"),
    ("Storybook", r"storybook"),
    ("TypeORM, NestJS", r"typeorm|nestjs"),
    ("Express, React, Zod, zx", r"Express|React|Zod|\bzx\b"),
    ("Vitest", r"\bvitest"),
    ("node:test", r"^javascript/(?:quiet-)?node-test"),
    ("ESLint", r"eslint"),
    ("TypeScript compiler", r"typescript [0-9]|ts-node"),
    ("esbuild", r"esbuild"),
    ("Rollup", r"rollup"),
    ("webpack", r"webpack"),
    ("Vite", r"\bvite"),
    ("Next.js", r"nextjs"),
    ("npm", r"\bnpm\b"),
    ("browsers (Chrome, Firefox, Safari)", r"v8\.dev|developer\.mozilla"),
    ("Node.js", r"really run: node|nodejs\.org"),
    ("JavaScript, other", r"^javascript/"),
    ("ktlint, Checkstyle, SpotBugs", r"ktlint|checkstyle|spotbugs"),
    ("Kotest, MUnit", r"kotest|munit"),
    ("Maven", r"Maven"),
    ("Gradle", r"Gradle|gradle"),
    ("JUnit, TestNG", r"JUnit|TestNG"),
    ("ScalaTest, sbt", r"scalatest|sbt"),
    ("Logback, Spring Boot", r"Logback|spring"),
    ("Kotlin compiler", r"kotlinc|JetBrains|cordova-plugin"),
    ("Scala compiler", r"scalac|scala3"),
    ("Kotlin programs", r"Kotlin"),
    ("Scala programs", r"[Ss]cala"),
    ("Java compiler", r"javac|Syntax\.java"),
    ("Java programs", r"^jvm/"),
    ("go test", r"^go/.*go test|^go/test"),
    ("go vet", r"^go/vet"),
    ("go build", r"^go/(?:build|.*go build)"),
    ("Go programs", r"^go/"),
    ("Clippy", r"clippy"),
    ("cargo test", r"cargo.* test"),
    ("cargo", r"cargo"),
    ("rustc", r"^rust/rustc"),
    ("Rust programs", r"^rust/"),
    ("CMake", r"CMake"),
    ("GoogleTest", r"GoogleTest"),
    ("linkers (ld, gold, lld)", r"GNU ld|gold|lld"),
    ("sanitizers", r"Sanitizer"),
    ("valgrind", r"valgrind"),
    ("gdb, lldb", r"\bgdb|\blldb"),
    ("clang", r"clang"),
    ("gfortran", r"gfortran"),
    ("gcc, g++", r"\bgcc|\bg\+\+"),
    ("GNU assembler", r"assembler"),
    ("GNU make", r"GNU make"),
    ("programs in C and C++", r"^native/"),
    ("dotnet build", r"dotnet build"),
    ("dotnet test, NUnit, xUnit", r"NUnit|xunit|mstest|dotnet-test"),
    ("Mono", r"Mono [0-9]"),
    (".NET programs", r"^dotnet/"),
    ("PHPUnit, Pest", r"PHPUnit|pest"),
    ("PHPStan, Psalm", r"phpstan|psalm"),
    ("Monolog", r"Monolog"),
    ("PHP", r"^php/"),
    ("RSpec", r"RSpec|rspec"),
    ("minitest, test-unit", r"minitest|test-unit"),
    ("rake", r"rake"),
    ("RuboCop", r"rubocop"),
    ("Bundler", r"Bundler"),
    ("Rails", r"rails"),
    ("Ruby", r"^ruby/"),
    ("Test::More, prove", r"Test::More|prove"),
    ("Perl", r"^perl/"),
    ("busted", r"busted"),
    ("Lua, LuaJIT, OpenResty, Neovim", r"^lua/"),
    ("XCTest, Swift Testing", r"xctest|swift-testing"),
    ("Swift", r"^swift/"),
    ("bats", r"bats"),
    ("shells (bash, dash, ksh, zsh, fish)", r"^shell/"),
    ("pytest", r"pytest"),
    ("behave", r"behave"),
    ("Gunicorn, Uvicorn, Celery", r"Gunicorn|Uvicorn|Celery"),
    ("Loguru", r"Loguru"),
    ("Bandit", r"Bandit"),
    ("Jinja", r"Jinja"),
    ("pandas, pydantic, Trio, Typer", r"pandas|pydantic|Trio|Typer"),
    ("Django, Flask, FastAPI", r"Django|Flask|FastAPI"),
    ("mypy", r"mypy"),
    ("pyright", r"pyright"),
    ("Ruff", r"ruff"),
    ("Pylint, Flake8", r"pylint|flake8"),
    ("Black, isort", r"black|isort"),
    ("tox, nox", r"tox|nox"),
    ("IPython, Jupyter", r"IPython|nbconvert"),
    ("Python programs", r"^python/"),
)


@dataclass
class Row:
    """What is counted for one tool."""

    logs: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    quiet: int = 0
    languages: Counter[str] = field(default_factory=Counter)

    def named_languages(self) -> list[str]:
        """Return the languages, that of most logs first."""
        return sorted(self.languages, key=lambda language: (-self.languages[language], language))


def tool_of(case: LogCase) -> str:
    """Return the tool whose log it is; ValueError where none is known."""
    text = f"{case.id} {case.source}"
    found = next((name for name, pattern in TOOLS if re.search(pattern, text)), None)
    if found is None:
        raise ValueError(f"{case.id}: no tool of docs/logs_table.py is in {case.source!r}; add it there")
    return found


def _languages(failures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for failure in failures:
        yield failure["language"]
        yield from _languages([*failure.get("members", ()), *([failure["cause"]] if "cause" in failure else [])])


def count(cases: Sequence[LogCase]) -> dict[str, Row]:
    """Return the rows by tool, in the order of ``TOOLS``."""
    rows: defaultdict[str, Row] = defaultdict(Row)
    for case in cases:
        row = rows[tool_of(case)]
        row.logs += 1
        row.sources[case.source.partition(":")[0]] += 1
        row.quiet += not case.expected["failures"]
        row.languages.update(set(_languages(case.expected["failures"])))
    return {name: rows[name] for name, _ in TOOLS if name in rows}


def table(cases: Sequence[LogCase]) -> str:
    """Return a sentence of totals and the Markdown table of all tools."""
    rows = count(cases)
    languages = set().union(*(row.languages for row in rows.values())) - _NO_LANGUAGES
    run = sum(row.sources["really run"] for row in rows.values())
    tools = [name for name in rows if not name.startswith(_NO_TOOLS)]
    total = (
        f"{len(cases)} logs of {len(tools)} tools and groups of tools, with failures in {len(languages)} languages; "
        f"{run} were printed by the tool itself."
    )
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    for name, row in sorted(rows.items(), key=lambda item: (_first_language(item[1]), item[0].lower())):
        named = ", ".join(_NAMES.get(language, language.capitalize()) for language in row.named_languages())
        numbers = (row.logs, *(row.sources[kind] for kind in HEADINGS[3:6]), row.quiet)
        lines.append((name, named, *(str(number) if number else "" for number in numbers)))
    return total + "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _first_language(row: Row) -> str:
    return next(iter(row.named_languages()), "~")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, or check it; return 1 when it is out of date or the markers are missing."""
    description = "Writes the generated table of a page."
    parser = argparse.ArgumentParser(prog="python -m docs.logs_table", description=description)
    parser.add_argument("page", nargs="?", type=Path, default=PAGE)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when it is out of date")
    options = parser.parse_args(arguments)
    text = options.page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.stderr.write(f"{options.page} has no {BEGIN} and {END}\n")
        return 1
    fresh = f"{before}{BEGIN}\n{table(load_cases())}\n{END}{after}"
    if not options.check:
        options.page.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        sys.stderr.write(f"the table of {options.page} is out of date; run `python -m docs.logs_table`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
