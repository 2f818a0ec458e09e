"""Logs of Go: which file a test's bare name stands for, events of tests side by side, foreign frames."""

from __future__ import annotations

import json

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.go.frames import make_frame

_TEST = "--- FAIL: TestSum (0.00s)\n    sum_test.go:9: no\nFAIL\n"


@pytest.mark.parametrize(
    ("packages", "path"),
    [
        (["FAIL\tgithub.com/acme/shop"], "sum_test.go"),
        (["FAIL\tgithub.com/acme/shop/v2"], "sum_test.go"),
        (["FAIL\tgithub.com/acme/shop/v2/cart"], "cart/sum_test.go"),
        (["FAIL\tgithub.com/acme/shop/internal/cart"], "internal/cart/sum_test.go"),
        (["FAIL\tshop/cart"], "cart/sum_test.go"),
        (["FAIL\tshop"], "sum_test.go"),
        (["FAIL\texample.com/shop/cart", "ok  \texample.com/shop/price"], "cart/sum_test.go"),
        (["FAIL\texample.com/shop", "?   \texample.com/shop/price"], "sum_test.go"),
        ([], "sum_test.go"),
    ],
)
def test_derives_the_folder_of_a_test_from_its_package(packages: list[str], path: str) -> None:
    """A test's place is a bare name; the line of its package comes after it and says the folder."""
    log = _TEST + "".join(f"{package}\t0.01s\n" for package in packages)
    (failure,) = parse_log(log).failures
    assert [frame.path for frame in failure.frames] == [path]


def test_tells_the_output_of_parallel_tests_apart() -> None:
    """Events of several tests come in any order; each test keeps what it printed itself."""
    events = [
        ("TestA", "=== RUN   TestA\n"),
        ("TestB", "=== RUN   TestB\n"),
        ("TestA", "    a_test.go:3: first\n"),
        ("TestB", "    b_test.go:4: sec"),
        ("TestB", "ond\n"),
        ("TestA", "--- FAIL: TestA (0.00s)\n"),
        ("TestB", "--- FAIL: TestB (0.00s)\n"),
    ]
    log = "\n".join(
        json.dumps(
            {"Time": "x", "Action": "output", "Package": "shop", "Test": test, "Output": text}, separators=(",", ":")
        )
        for test, text in events
    )
    log += '\n{"Time":"x","Action":"fail","Package":"shop"}\n'
    failures = parse_log(log).failures
    assert [(one.test_id, one.message, one.frames[0].path) for one in failures] == [
        ("TestA", "first", "a_test.go"),
        ("TestB", "second", "b_test.go"),
    ]


@pytest.mark.parametrize(
    ("path", "function", "is_own"),
    [
        ("/usr/local/go/src/runtime/panic.go", "panic", False),
        ("/home/user/sdk/go1.22.1/src/net/http/server.go", "net/http.(*conn).serve", False),
        ("/opt/homebrew/Cellar/go/1.22.1/libexec/src/testing/testing.go", "testing.tRunner", False),
        (r"C:\Program Files\Go\src\runtime\panic.go", "panic", False),
        ("/home/user/go/pkg/mod/github.com/acme/log@v1.2.3/log.go", "github.com/acme/log.Print", False),
        ("/app/vendor/github.com/acme/log/log.go", "github.com/acme/log.Print", False),
        ("_testmain.go", "main.main", False),
        ("/go/src/app/cart/cart.go", "app/cart.Total", True),
        ("/home/user/go/src/github.com/acme/shop/cart.go", "github.com/acme/shop.Total", True),
        (r"C:\work\shop\cart.go", "main.total", True),
    ],
)
def test_knows_the_users_frames(path: str, function: str, is_own: bool) -> None:
    """The standard library, modules and generated files are not the user's code; a program in a GOPATH is."""
    assert make_frame(path, 3, function=function).in_app is is_own
