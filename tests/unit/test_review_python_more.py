"""Well-known mistakes in Python that the rules find, and what looks like them and is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import ReviewKind
from qwen_lsp.review.python import review_python
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments
from tests.unit.test_review import reviewed

MARK = "  # here"

MISTAKES = {
    "shared-default": [
        """
class Order:
    def __init__(self, table, items=[]):  # here
        self.table = table
        self.items = items

    def add(self, drink):
        self.items.append(drink)
""",
        """
class Index:
    def __init__(self, *, pages: dict = {}) -> None:  # here
        self.pages: dict = pages

    def note(self, word, page):
        self.pages[word] = page
""",
        """
def gather(found, into=[]):  # here
    into += found
    return into
""",
    ],
    "shared-attribute": [
        """
class Basket:
    items = []  # here

    def add(self, item):
        self.items.append(item)
""",
        """
class Base:
    pass


class Counter(Base):
    counts: dict[str, int] = {}  # here

    def count(self, word):
        self.counts[word] = self.counts.get(word, 0) + 1
        return self.counts.items()
""",
    ],
    "none-used": [
        """
def merged(base, more):
    return dict(base).update(more)  # here
""",
        """
def settings(more: dict) -> dict:
    found = {"debug": False}.update(more)  # here
    return found
""",
        """
def with_tag(tags: set[str], tag: str) -> set[str]:
    return tags.add(tag)  # here
""",
        """
def newest_first(values: list[int]):
    for value in values.reverse():  # here
        print(value)
""",
        """
def show():
    names = ["b", "a"]
    print(names.sort())  # here
""",
    ],
    "init-not-called": [
        """
class Bus:
    def __init__(self):
        self.handlers = {}

    def publish(self, event):
        for handler in self.handlers.get(event, []):
            handler()


class Audited(Bus):
    def __init__(self, limit):  # here
        self.limit = limit

    def publish(self, event):
        print(event)
        super().publish(event)
""",
    ],
    "next-in-generator": [
        """
def pairs(flat):
    values = iter(flat)
    for key in values:
        value = next(values)  # here
        yield key, value
""",
        """
def without_head(lines):
    at = iter(lines)
    next(at)  # here
    yield from at
""",
    ],
    "same-recursion": [
        """
def depth(item):
    deepest = 0
    for child in item.children:
        deepest = max(deepest, depth(item))  # here
    return deepest + 1
""",
        """
class Tree:
    def total(self, node, unit):
        found = node.size
        for child in node.children:
            found += self.total(node, unit=unit)  # here
        return found
""",
    ],
    "decorator-returns-nothing": [
        """
COMMANDS = {}


def command(name):
    \"\"\"Return a decorator.\"\"\"

    def register(function):
        COMMANDS[name] = function  # here

    return register
""",
        """
PLUGINS = []


def plugin(cls):
    PLUGINS.append(cls)  # here


@plugin
class Reader:
    pass


reader = Reader()
""",
    ],
    "falls-off-the-end": [
        """
def sign(number: float) -> int:
    if number > 0:  # here
        return 1
    elif number < 0:
        return -1
""",
        """
def find(names: list[str], wanted: str) -> int:
    for at, name in enumerate(names):  # here
        if name == wanted:
            return at
""",
        """
import json


def load(text: str) -> dict[str, int]:
    try:  # here
        return json.loads(text)
    except ValueError:
        print("no JSON")
""",
        """
def rate(kind: str) -> float:
    if kind == "half":
        return 0.5
    if kind == "full":  # here
        return 1.0
""",
        """
def first(lines: list[str]) -> "str":
    while True:  # here
        if not lines:
            break
        return lines[0]
""",
    ],
    "exhausted-iterator": [
        """
def mean(prices):
    known = (price for price in prices if price)
    return sum(known) / len(list(known))  # here
""",
        """
import csv


def table(file):
    rows = csv.reader(file)
    for row in rows:
        print(row)
    return [row[0] for row in rows]  # here
""",
        """
def spread(texts):
    numbers = map(int, texts)
    lowest = min(numbers)
    if lowest < 0:
        return max(numbers)  # here
    return lowest
""",
        """
def grid(rows, names):
    columns = zip(names, names)
    for row in rows:
        for column in columns:  # here
            print(row, column)
""",
        """
def report(lines):
    long = filter(None, lines)
    count = sum(1 for _ in long)
    return count, ", ".join(long)  # here
""",
    ],
    "late-variable": [
        """
makers = [lambda value: value * factor for factor in range(3)]  # here
""",
        """
def handlers(names):
    found = []
    for name in names:
        def greet():
            return "hello " + name  # here
        found.append(greet)
    return found
""",
        """
def printers(names):
    return {name: lambda: print(name) for name in names}  # here
""",
    ],
    "default-evaluated-once": [
        """
from datetime import datetime


def stamp(text, at=datetime.now()):  # here
    return f"{at} {text}"
""",
    ],
    "called-instead": [
        """
import threading


def work():
    print("working")


threading.Thread(target=work()).start()  # here
""",
    ],
    "function-as-condition": [
        """
class Stack:
    def is_empty(self):
        return not self.items

    def pop(self):
        if self.is_empty:  # here
            raise IndexError
        return self.items.pop()
""",
        """
def is_open():
    return True


def state(door):
    return "open" if door and not is_open else "closed"  # here
""",
    ],
    "shared-items": [
        """
def board(size):
    cells = [[0] * size] * size  # here
    cells[0][0] = 1
    return cells
""",
        """
def grouped(names):
    found = dict.fromkeys("ab", [])  # here
    for name in names:
        found[name[0]].append(name)
    return found
""",
    ],
    "either-error": [
        """
def number(text):
    try:
        return int(text)
    except ValueError or TypeError:  # here
        return 0
""",
    ],
    "comparison-thrown-away": [
        """
def reset(counter):
    counter.value == 0  # here
""",
    ],
    "message-instead-of-value": [
        """
import unittest


class Tests(unittest.TestCase):
    def test_sum(self):
        self.assertTrue(sum([1, 2]), 3)  # here
""",
    ],
    "used-though-none": [
        """
def name(user):
    if user is None and user.name == "":  # here
        return "nobody"
    return user.name
""",
    ],
}

CLEAN = {
    "a default that is copied": """
class Order:
    def __init__(self, items=[], notes=[]):
        self.items = list(items)
        self.notes = notes

    def add(self, drink):
        self.items.append(drink)
        self.notes = [*self.notes, drink]
""",
    "a default that is replaced before it is changed": """
class Order:
    def __init__(self, items=[]):
        self.items = items

    def start(self):
        self.items = []
        self.items.append("menu")
""",
    "a cell and a cache as defaults": """
def counted(step, count=[0]):
    count[0] += step
    return count[0]


def known(key, cache={}):
    cache[key] = key
    return cache
""",
    "containers of a class that are never changed, or made anew": """
import dataclasses
import enum


class Parser:
    words = {"a": 1}
    stack = []
    REGISTERED = []
    handlers_cache = {}

    def __init__(self):
        self.stack = []
        self.REGISTERED.append(self)
        self.handlers_cache["a"] = self

    def push(self, word):
        self.stack.append(self.words[word])
""",
    "a container that is the class's": """
from typing import ClassVar


class Plugin:
    names = []
    others: ClassVar[list[str]] = []
    # Shared by every plugin.
    found = {}

    def __init__(self, name):
        self.names.append(name)
        self.others.append(name)
        self.found[name] = self

    @classmethod
    def all(cls):
        return cls.names
""",
    "a model that copies its defaults": """
from pydantic import BaseModel


class Basket(BaseModel):
    items: list[str] = []

    def add(self, item):
        self.items.append(item)
""",
    "methods that return something, and shortcuts": """
import hashlib


def digest(data):
    made = hashlib.sha256()
    return made.update(data)


def note(seen: set[str], name: str) -> None:
    return seen.add(name)


def last(values: list[int], table: dict[str, int]) -> int:
    return values.pop() + table.setdefault("a", 1)
""",
    "constructors that call that of their base, or do its work": """
class Base:
    def __init__(self):
        self.items = []
        self.name = ""

    def show(self):
        return self.items, self.name


class Calls(Base):
    def __init__(self, size):
        super().__init__()
        self.size = size


class Names(Base):
    def __init__(self, size):
        Base.__init__(self)
        self.size = size


class Makes(Base):
    def __init__(self, size):
        self.items = [0] * size
        self.name = "made"


class Helped(Base):
    def __init__(self, size):
        self.reset()
        self.size = size

    def reset(self):
        self.items = []
        self.name = ""


class Replaces(Base):
    def __init__(self, size):
        self.size = size

    def show(self):
        return self.size


class Null(Base):
    def __init__(self):
        pass
""",
    "next that cannot fail in a generator, or is caught": """
import itertools


def numbered(lines):
    numbers = itertools.count()
    for line in lines:
        yield next(numbers), line


def pairs(flat):
    values = iter(flat)
    for key in values:
        yield key, next(values, None)


def caught(flat):
    values = iter(flat)
    while True:
        try:
            yield next(values)
        except StopIteration:
            return


def tested(flat):
    if not flat:
        return
    values = iter(flat)
    yield next(values)


def first(flat):
    return next(iter(flat))
""",
    "recursion that goes on": """
import time


def depth(item):
    return 1 + max((depth(child) for child in item.children), default=0)


def walk(node):
    for child in node.children:
        walk(child)


def climb(node):
    for _ in node.children:
        node = node.parent
        climb(node)


def drain(queue):
    for job in queue.waiting():
        queue.pop()
        drain(queue)


def fetch(url):
    for delay in range(3):
        return fetch(url)
""",
    "functions that are handed functions and decorate nothing": """
def each(items):
    def run(function):
        for item in items:
            function(item)

    return run


def connected(signal):
    def attach(handler) -> None:
        signal.connect(handler)

    return attach


def route(table, path):
    def register(function):
        table[path] = function
        return function

    return register


def once(function):
    function()


@once
def main():
    print("started")
""",
    "every way ends with a value": """
import enum
import sys
from typing import Iterator, Optional


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def compare(a: int, b: int) -> int:
    if a < b:
        return -1
    elif a == b:
        return 0
    elif a > b:
        return 1


def named(colour: Colour) -> str:
    if colour is Colour.RED:
        return "red"
    if colour is Colour.BLUE:
        return "blue"


def matched(colour: Colour) -> str:
    match colour:
        case Colour.RED:
            return "red"
        case Colour.BLUE:
            return "blue"


def size(value: int | str) -> int:
    if isinstance(value, int):
        return value
    elif isinstance(value, str):
        return len(value)


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        sys.exit(1)


def wait(poll) -> int:
    while True:
        if (found := poll()) is not None:
            return found


def retried(call) -> int:
    for attempt in range(3):
        try:
            return call()
        except OSError:
            if attempt == 2:
                raise


def maybe(value: int) -> Optional[int]:
    if value:
        return value


def also_maybe(value: int) -> int:
    if value:
        return value
    return None


def numbers(flag: bool) -> Iterator[int]:
    if flag:
        return iter([1])


def guarded(flag: bool) -> int:
    if flag:
        return 1
    assert False, "no flag"


def todo(flag: bool) -> int:
    if flag:
        return 1
    raise NotImplementedError
""",
    "iterators that are read once on each way": """
import itertools


def either(texts, total):
    numbers = map(int, texts)
    if total:
        return sum(numbers)
    return list(numbers)


def both(texts):
    numbers = [int(text) for text in texts]
    return sum(numbers) / len(numbers)


def partly(lines):
    left = iter(lines)
    for line in left:
        if not line:
            break
    return list(left)


def anew(rows):
    for row in rows:
        cells = map(str, row)
        print(", ".join(cells))


def twice(file):
    numbers = map(int, file)
    total = sum(numbers)
    file.seek(0)
    return total, list(numbers)


def checked(values):
    left = iter(values)
    found = list(itertools.islice(left, 3))
    rest = list(left)
    assert not list(left)
    return found, rest


def chunked(values):
    left = iter(values)
    while chunk := list(itertools.islice(left, 3)):
        print(chunk)
""",
    "functions that keep the value of their round": """
def handlers(names):
    found = [lambda name=name: name for name in names]
    for name in names:
        def greet(name=name):
            return "hello " + name
        found.append(greet)
    for name in names:
        def shout():
            return name.upper()
        print(shout())
    return found, sorted(names, key=lambda name: name.lower())
""",
    "what is called on purpose": """
import threading
import time


def worker(number):
    def run():
        print(number)

    return run


threading.Thread(target=worker(1)).start()


def stamp(now=time.time):
    return now()
""",
    "attributes that may be functions or nothing": """
class Hook:
    def __init__(self, after=None):
        self.after = after

    @property
    def is_set(self):
        return self.after is not None

    def before(self):
        return 1

    def run(self):
        if self.is_set and self.after:
            self.after()
        if self.before():
            print("before")


class Replaced(Hook):
    before = None

    def run(self):
        if self.before:
            self.before()
""",
    "items of their own": """
def board(size):
    cells = [[0] * size for _ in range(size)]
    cells[0][0] = 1
    row = [0] * size
    row[0] = 1
    lines = [[]] * size
    lines[0] = [1]
    counts = dict.fromkeys("ab", 0)
    counts["a"] += 1
    return cells, row, lines, counts
""",
    "comparisons that are used or tried": """
import unittest


class Tests(unittest.TestCase):
    def test_refused(self):
        with self.assertRaises(TypeError):
            self.value == 3
        self.assertTrue(self.value == 3, "not three")
        left, right = 1, 2
        self.assertTrue(left < right, (left, right))


def same(a, b):
    if a is None or a.name == b:
        return True
    return a is not None and a.name == b
""",
}


def found_by_rules(text: str) -> list[tuple[str, int]]:
    """Return the rules that find something in a program, each with its line, 0-based."""
    snapshot = TextSnapshot(Path("program.py"), text)
    return [(one.rule, one.place.start.line) for one in review_python(snapshot)]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in MISTAKES.items() for text in texts], ids=lambda one: one[:30]
)
def test_a_mistake_is_found_in_its_line(rule: str, text: str) -> None:
    """And nothing else is said of the program."""
    (line,) = (at for at, one in enumerate(text.split("\n")) if one.endswith(MARK))
    assert found_by_rules(text) == [(rule, line)]


@pytest.mark.parametrize("name", CLEAN)
def test_what_only_looks_like_a_mistake_is_left_alone(name: str) -> None:
    """By every rule."""
    assert found_by_rules(CLEAN[name]) == []


@pytest.mark.parametrize(
    ("rule", "at", "after"),
    [
        ("shared-default", 0, "        if items is None:\n            items = []\n        self.table = table\n"),
        ("next-in-generator", 1, "    next(at, None)"),
        ("same-recursion", 0, "max(deepest, depth(child))"),
        ("decorator-returns-nothing", 0, "= function  # here\n        return function\n\n    return register"),
        ("decorator-returns-nothing", 1, "    return cls\n"),
        ("exhausted-iterator", 0, "known = [price for price in prices if price]"),
        ("exhausted-iterator", 2, "numbers = list(map(int, texts))"),
        ("late-variable", 2, "lambda name=name: print(name)"),
        ("default-evaluated-once", 0, "at=None):  # here\n    if at is None:\n        at = datetime.now()\n"),
        ("called-instead", 0, "Thread(target=work)"),
        ("function-as-condition", 0, "if self.is_empty():"),
        ("shared-items", 0, "cells = [[0] * size for _ in range(size)]"),
        ("shared-items", 1, 'found = {key: [] for key in "ab"}'),
        ("either-error", 0, "except (ValueError, TypeError):"),
        ("message-instead-of-value", 0, "self.assertEqual(sum([1, 2]), 3)"),
    ],
)
def test_what_is_certain_is_mended(rule: str, at: int, after: str, tmp_path: Path) -> None:
    """With the fix the rule finds nothing any more."""
    text = MISTAKES[rule][at]
    remark = next(one for one in reviewed(tmp_path, "program.py", text).remarks if one.rule == rule)
    assert remark.kind is ReviewKind.LOGIC
    ((_, mended),) = apply_fix(remark.fixes[0], DiskDocuments())
    assert after in mended
    assert rule not in {one for one, _ in found_by_rules(mended)}
