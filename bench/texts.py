"""Logs to measure with: long, and like those of real tools."""

from __future__ import annotations

from itertools import count

TRACEBACK = """\
Traceback (most recent call last):
  File "/app/main.py", line 14, in <module>
    report([[1, 2], []])
  File "/app/main.py", line 11, in report
    print(average(cart))
          ^^^^^^^^^^^^^
  File "/app/main.py", line 5, in average
    return total / len(prices)
           ~~~~~~^~~~~~~~~~~~~
ZeroDivisionError: division by zero
"""
STACK = """\
TypeError: Cannot read properties of undefined (reading 'price')
    at total (/app/src/cart.js:4:17)
    at checkout (/app/src/cart.js:16:12)
    at Object.<anonymous> (/app/src/main.js:3:1)
    at Module._compile (node:internal/modules/cjs/loader:1554:14)
"""
_BUILD = (
    "#12 [builder 4/9] RUN pip install --no-cache-dir -r requirements.txt",
    "  Downloading requests-2.32.3-py3-none-any.whl (64 kB)",
    "tests/unit/test_cart.py::test_total[{0}-items] \x1b[32mPASSED\x1b[0m                 [ 41%]",
    "npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory ({0}).",
    " \x1b[32m\u2713\x1b[39m src/lib/price{0}.test.ts \x1b[2m(12 tests)\x1b[22m 41ms",
    "   Compiling serde v1.0.{0}",
    "ok      example.com/shop/cart{0}   0.412s  coverage: 81.2% of statements",
    "[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.{0} s -- in shop.CartTest",
    "> Task :app:module{0}:compileKotlin UP-TO-DATE",
    "[ 71%] Building CXX object src/CMakeFiles/shop.dir/cart{0}.cpp.o",
    "asset main.{0}.js 214 KiB [emitted] [immutable] [minimized] (name: main)",
    "Get:{0} http://deb.debian.org/debian bookworm/main amd64 libpq5 amd64 15.7-0 [189 kB]",
)
_SERVICE = (
    "{time} INFO  shop.web request id={0} method=GET path=/cart/{0} status=200 ms=12",
    "{time} DEBUG shop.db SELECT id, name, price FROM items WHERE cart_id = {0}",
    "{time} WARN  shop.cache miss for cart:{0}, read from the database",
)


def ci_log(characters: int, failure: str = TRACEBACK) -> str:
    """Return a build server's log of that length, time stamps and colours included, ``failure`` in its middle."""
    lines: list[str] = []
    length, has_failed = 0, False
    for number in count():
        second = number // 50
        stamp = f"2024-05-01T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.{number % 10**7:07}Z "
        texts = [_BUILD[number % len(_BUILD)].replace("{0}", str(number))]
        if not has_failed and length > characters // 2:
            has_failed, texts = True, failure.splitlines()
        lines += (stamp + text for text in texts)
        length += sum(len(stamp) + len(text) + 1 for text in texts)
        if length >= characters:
            return "\n".join(lines) + "\n"
    raise AssertionError


def service_log(characters: int, every: int = 50) -> str:
    """Return the log of a service that logs another exception every so many lines."""
    lines: list[str] = []
    length = 0
    for number in count():
        time = f"2024-05-01 10:{number // 60 % 60:02}:{number % 60:02},{number % 1000:03}"
        texts = [_SERVICE[number % len(_SERVICE)].replace("{0}", str(number)).replace("{time}", time)]
        if number % every == every - 1:
            failure = (TRACEBACK, STACK)[number // every % 2].replace("line 5", f"line {number % 400 + 15}")
            texts = [f"{time} ERROR shop.web request {number} failed", *failure.splitlines()]
        lines += texts
        length += sum(len(text) + 1 for text in texts)
        if length >= characters:
            return "\n".join(lines) + "\n"
    raise AssertionError


def json_log(characters: int, every: int = 50) -> str:
    """Return a log of one JSON object a line, every so many of which hold a stack."""
    lines: list[str] = []
    length = 0
    for number in count():
        stack = STACK.replace("\n", "\\n") if number % every == 0 else ""
        lines.append(f'{{"level":"info","time":{number},"req":{{"id":{number},"url":"/cart"}},"stack":"{stack}"}}')
        length += len(lines[-1]) + 1
        if length >= characters:
            return "\n".join(lines) + "\n"
    raise AssertionError


def failing_tests(characters: int) -> str:
    """Return a pytest report of nothing but failing tests."""
    block = (
        "____________________________ test_total_{0} ____________________________\n\n    def test_total_{0}():\n"
        ">       assert total([{0}]) == 1\nE       assert {0} == 1\nE        +  where {0} = total([{0}])\n\n"
        "tests/test_cart.py:{0}: AssertionError\n"
    )
    heading = "=================================== FAILURES ===================================\n"
    size = len(block.replace("{0}", "12345"))
    return heading + "".join(block.replace("{0}", str(number)) for number in range(1, characters // size + 2))
