"""Which failure of a log is the one to explain."""

from __future__ import annotations

import pytest

from qwen_lsp.logparse import parse_log


def _traceback(exception: str) -> str:
    return f'Traceback (most recent call last):\n  File "/app/main.py", line 3, in run\n    go()\n{exception}\n\n'


_TEST = "____ test_a ____\ntest_a.py:3: in test_a\n    assert x\nE   assert False\n"
_SECOND_TEST = "____ test_b ____\ntest_b.py:3: in test_b\n    go()\nE   KeyError: 1\n"
_SETUP = "==== ERRORS ====\n____ ERROR at setup of test_c ____\nconftest.py:3: in db\n    go()\nE   OSError: no db\n"


@pytest.mark.parametrize(
    ("log", "primary"),
    [
        pytest.param(_traceback("ValueError: 1") + _traceback("KeyError: 2"), "KeyError", id="the last one ended it"),
        pytest.param(
            _traceback("ValueError: died") + "ERROR:root:later\n" + _traceback("KeyError: logged"),
            "ValueError",
            id="uncaught before logged",
        ),
        pytest.param(
            "ERROR:root:a\n" + _traceback("ValueError: 1") + _traceback("KeyboardInterrupt"),
            "ValueError",
            id="the user pressing Ctrl-C is no cause",
        ),
        pytest.param(
            _traceback("ValueError: in the child")
            + _traceback("subprocess.CalledProcessError: Command '['x']' failed"),
            "ValueError",
            id="a failed child process is the cause",
        ),
        pytest.param(
            _traceback("ValueError: main")
            + "Exception ignored in: <function A.__del__ at 0x7f0000000000>\n"
            + _traceback("KeyError: 2"),
            "ValueError",
            id="ignored exceptions are warnings",
        ),
        pytest.param(
            "Exception in thread Thread-1:\n"
            + _traceback("ValueError: 1")
            + "ERROR:root:x\n"
            + _traceback("KeyError: 2"),
            "ValueError",
            id="a dead thread before a logged exception",
        ),
        pytest.param(
            "==== FAILURES ====\n" + _TEST + _SECOND_TEST + "==== 2 failed in 0.1s ====\n",
            "AssertionError",
            id="the first failing test",
        ),
        pytest.param(
            _SETUP + "==== FAILURES ====\n" + _TEST + "==== 1 failed, 1 error in 0.1s ====\n",
            "OSError",
            id="a broken fixture before failing tests",
        ),
        pytest.param(
            _traceback("ValueError: printed while importing") + "==== FAILURES ====\n" + _TEST,
            "AssertionError",
            id="a failing test before tracebacks around it",
        ),
        pytest.param(
            "==== FAILURES ====\n" + _TEST + "---- Captured stderr call ----\n" + _traceback("KeyError: 2"),
            "AssertionError",
            id="captured output is not the failure",
        ),
        pytest.param(
            _traceback("KeyError: 'cost'")
            + "Error: Command failed: python3 main.py\n    at genericNodeError (node:internal/errors:985:15)\n"
            + "    at Object.<anonymous> (/app/build.js:3:1)\n",
            "KeyError",
            id="what the command printed before the error that says that it failed",
        ),
        pytest.param(
            "Error: Command failed: ./tool\n    at genericNodeError (node:internal/errors:985:15)\n"
            "    at Object.<anonymous> (/app/build.js:3:1)\n",
            "Error",
            id="a failed command that printed nothing",
        ),
        pytest.param(
            "src/a.ts(3,1): error TS2304: Cannot find name 'x'.\n"
            "/app/src/a.js\n  3:1  warning  'x' is not defined  no-undef\n",
            "TS2304",
            id="an error before a warning",
        ),
        pytest.param(
            _traceback("ValueError: 1") + "==== short test summary info ====\nFAILED test_a.py::test_a - KeyError: 1\n",
            "KeyError",
            id="a test named in the summary before other tracebacks",
        ),
    ],
)
def test_picks_the_failure_to_explain(log: str, primary: str) -> None:
    """Exactly one failure is primary, and it is the one a developer would look at first."""
    assert [failure.exception_type for failure in parse_log(log).failures if failure.primary] == [primary]


@pytest.mark.parametrize(
    ("path", "in_app"),
    [
        ("/home/user/shop/cart.py", True),
        ("src/cart.py", True),
        ("C:\\work\\shop\\cart.py", True),
        ("/app/lib/python_tools/cart.py", True),
        ("/app/python/lib/cart.py", True),
        ("tests/pytest_helpers.py", True),
        ("/usr/lib/python3.12/json/decoder.py", False),
        ("/usr/local/lib/python3.13t/json/decoder.py", False),
        ("/opt/x/lib64/python3.12/json/decoder.py", False),
        ("/opt/pypy/lib/pypy3.10/json/decoder.py", False),
        ("C:\\Users\\me\\AppData\\Local\\Programs\\Python\\Python312\\Lib\\json\\decoder.py", False),
        ("/home/user/shop/.venv/bin/pytest", False),
        ("/usr/lib/python3/dist-packages/yaml/__init__.py", False),
        ("C:\\env\\Lib\\site-packages\\yaml\\__init__.py", False),
        (".tox/py312/lib/python3.12/site-packages/yaml/__init__.py", False),
        ("/usr/lib/python312.zip/json/decoder.py", False),
        ("<frozen importlib._bootstrap>", False),
        ("<string>", False),
        ("<stdin>", False),
    ],
)
def test_tells_the_users_code_from_installed_code(path: str, in_app: bool) -> None:
    """A path alone says whether a frame may be the user's own."""
    log = f'Traceback (most recent call last):\n  File "{path}", line 3, in run\nKeyError: 1\n'
    assert parse_log(log).failures[0].frames[0].in_app is in_app
