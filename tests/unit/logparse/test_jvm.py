"""Logs of the JVM that are cut off, prefixed, or hold what only looks like a stack."""

from __future__ import annotations

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.jvm.frames import read_frame

from .rendering import render


def check(log: str, expected: str) -> None:
    """Compare what is read from ``log`` with ``expected``, both without their first line end."""
    assert render(parse_log(log.removeprefix("\n"))) == expected.removeprefix("\n").rstrip("\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("at com.acme.Cart$Item.price(Cart.java:12)", "com/acme/Cart.java:12 in com.acme.Cart$Item.price"),
        ("at app//com.acme.Cart.total(Cart.java:7)", "com/acme/Cart.java:7 in com.acme.Cart.total"),
        ("at shop.core@1.2/com.acme.Cart.total(Cart.java:7)", "com/acme/Cart.java:7 in com.acme.Cart.total"),
        ("at OldTest.adds(OldTest.java:9)", "OldTest.java:9 in OldTest.adds"),
        (
            "at com.acme.CartTest.adds two numbers(CartTest.kt:9)",
            "com/acme/CartTest.kt:9 in com.acme.CartTest.adds two numbers",
        ),
        ("at shop.core$total.invokeStatic(core.clj:12)", "shop/core.clj:12 in shop.core$total.invokeStatic"),
        ("at com.acme.Cart.total(Cart.java:7) ~[classes/:na]", "com/acme/Cart.java:7 in com.acme.Cart.total"),
        ("at com.acme.Cart.total (Cart.java:7)", "com/acme/Cart.java:7 in com.acme.Cart.total"),
        ("at com.acme.Main.main(Main.scala)", "com/acme/Main.scala:None in com.acme.Main.main"),
    ],
)
def test_derives_the_file_from_the_package(text: str, place: str) -> None:
    """A frame prints a file's name only; the folders are those of the package."""
    frame = read_frame(text)
    assert frame is not None
    assert frame.in_app
    assert f"{frame.path}:{frame.lineno} in {frame.function}" == place


@pytest.mark.parametrize(
    "text",
    [
        "at java.base/java.util.ArrayList.forEach(ArrayList.java:1511)",
        "at java.lang.reflect.Method.invoke(Native Method)",
        "at com.acme.Cart$$Lambda$14/0x0000000800066840.run(Unknown Source)",
        "at com.acme.Cart$$SpringCGLIB$$0.total(<generated>)",
        "at kotlin.SynchronizedLazyImpl.getValue(LazyJVM.kt:86)",
        "at jdk.proxy2/jdk.proxy2.$Proxy21.total(Unknown Source)",
    ],
)
def test_knows_frames_that_are_not_the_users(text: str) -> None:
    """The JDK, libraries and generated classes are not the user's code."""
    frame = read_frame(text)
    assert frame is not None
    assert not frame.in_app


@pytest.mark.parametrize(
    "text",
    [
        "at Object.<anonymous> (/home/user/cart.js:1:2)",
        "at total (cart.js:4:9)",
        "at Shop.Cart.Total(String name) in /src/Cart.cs:line 12",
        "at Shop.Cart.Total(Int32)",
        "at noon (see below)",
        "at java.lang.Thread.sleep(java.base@17/Native Method)",
    ],
)
def test_takes_no_frames_of_other_languages(text: str) -> None:
    """Frames of V8 and .NET begin with "at", too."""
    assert read_frame(text) is None


def test_reads_a_stack_whose_head_is_cut_off() -> None:
    """Without the line that names the exception its frames and causes are kept."""
    check(
        """
\tat com.acme.Cart.total(Cart.java:7)
\tat com.acme.Main.main(Main.java:3)
Caused by: java.io.IOException: disk full
\tat com.acme.Disk.write(Disk.java:9)
\t... 1 more
""",
        """
* unknown error: 'the log begins after the line that names the exception'
      com/acme/Main.java:3 in com.acme.Main.main
      com/acme/Cart.java:7 in com.acme.Cart.total
    from java.io.IOException: 'disk full'
             com/acme/Disk.java:9 in com.acme.Disk.write
""",
    )


def test_reads_an_exception_in_a_line_of_the_log() -> None:
    """A layout may put the exception right behind the message; then it was logged."""
    check(
        """
12:00:01.250 ERROR [main] c.a.Cart - cannot save java.io.IOException: disk full
\tat com.acme.Disk.write(Disk.java:9)
Exception in thread "main" java.lang.IllegalStateException
\tat com.acme.Main.main(Main.java:3)
""",
        """
  java.io.IOException: 'disk full'
      com/acme/Disk.java:9 in com.acme.Disk.write
* java.lang.IllegalStateException
      com/acme/Main.java:3 in com.acme.Main.main
""",
    )


def test_reads_a_message_with_other_exceptions_and_blank_lines() -> None:
    """The line that begins an exception is less indented than its frames; what stands between is the message."""
    check(
        """
java.lang.IllegalStateException: 2 problems

\tjava.io.IOException: disk full
\tjava.lang.Error: no price
\tat com.acme.Main.main(Main.java:3)
""",
        r"""
* java.lang.IllegalStateException: '2 problems\n\n\tjava.io.IOException: disk full\n\tjava.lang.Error: no price'
      com/acme/Main.java:3 in com.acme.Main.main
""",
    )


def test_a_failing_test_comes_before_the_build_that_failed_of_it() -> None:
    """Maven's and Gradle's own words are the consequence, and the only thing to show when there is nothing else."""
    goal = "[ERROR] Failed to execute goal org.acme:x:1:test (default) on project till: It failed. -> [Help 1]\n"
    test = "[ERROR] com.acme.CartTest.adds -- Time elapsed: 0.1 s <<< ERROR!\njava.lang.IllegalStateException: no\n"
    frame = "\tat com.acme.CartTest.adds(CartTest.java:3)\n\n"
    both = parse_log(test + frame + goal).failures
    assert [(failure.test_id, failure.primary) for failure in both] == [("com.acme.CartTest.adds", True), (None, False)]
    assert [failure.primary for failure in parse_log(goal).failures] == [True]


def test_takes_no_failure_from_a_dump_of_threads() -> None:
    """What threads are doing is no failure, though each has a stack."""
    log = """
"main" #1 prio=5 os_prio=0 tid=0x00007fc5d4017f10 nid=0x57b5 waiting on condition [0x00007fc5d87fe000]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
\tat java.lang.Thread.sleep(Native Method)
\tat com.acme.Main.main(Main.java:3)

"worker" #2 prio=5 os_prio=0 tid=0x00007fc5d4017f11 nid=0x57b6 runnable [0x0000000000000000]
   java.lang.Thread.State: RUNNABLE
\tat com.acme.Worker.run(Worker.java:9)
"""
    assert parse_log(log).failures == ()
