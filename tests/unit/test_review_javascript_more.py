"""What the rules for JavaScript find in names, methods, promises and arrays, and what looks like it and is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_edits
from qwen_lsp.review.found import Found
from qwen_lsp.review.rules import found_in
from qwen_lsp.text import TextSnapshot

COLLECTOR = """class Collector {{
  constructor(feed) {{
    this.readings = [];
    {first}
  }}

  add(reading) {{
    this.readings.push(reading);
  }}
}}
"""

MISTAKES = [
    # name of the file, rule, 1-based line, text
    ("a.js", "unbound-method", 4, COLLECTOR.format(first='feed.on("reading", this.add);')),
    ("a.js", "unbound-method", 4, COLLECTOR.format(first="setTimeout(this.add, 100);")),
    ("a.js", "unbound-method", 4, COLLECTOR.format(first="feed.then(this.add);")),
    ("a.js", "unbound-method", 4, COLLECTOR.format(first="feed.past.forEach(this.add);")),
    ("a.ts", "unbound-method", 4, COLLECTOR.format(first="feed.load(() => feed.past.forEach(this.add));")),
    (
        "a.jsx",
        "unbound-method",
        3,
        "class Counter extends Component {\n  add() { this.setState({ n: 1 }); }\n"
        "  render() { return <button onClick={this.add}>+</button>; }\n}\n",
    ),
    (
        "b.mjs",
        "not-awaited",
        4,
        'import { readFile } from "node:fs/promises";\n\n'
        'export async function load(path) {\n  return JSON.parse(readFile(path, "utf8"));\n}\n',
    ),
    (
        "b.js",
        "not-awaited",
        2,
        "async function show(id) {\n  const order = load(id);\n  return order.title;\n}\n\n"
        "async function load(id) {\n  return { id, title: await title(id) };\n}\n",
    ),
    ("b.js", "not-awaited", 2, "async function names() {\n  return fetch('/names').json();\n}\n"),
    (
        "b.ts",
        "not-awaited",
        5,
        "class Users {\n  private async isKnown(name: string): Promise<boolean> {\n    return this.db.has(name);\n  }\n"
        "  async add(name: string) { if (!this.isKnown(name)) { await this.db.add(name); } }\n}\n",
    ),
    (
        "b.js",
        "not-awaited",
        3,
        'const fs = require("fs");\nasync function all(folder) {\n  for (const one of fs.promises.readdir(folder)) {\n'
        "    console.log(one);\n  }\n}\n",
    ),
    ("b.js", "not-awaited", 3, "const ids = async () => [1];\nasync function f() {\n  const [first] = ids();\n}\n"),
    ("c.js", "used-before-definition", 2, "function f(a) {\n  const total = a + total;\n  return total;\n}\n"),
    ("c.ts", "used-before-definition", 2, "function f() {\n  log(limit);\n  const limit: number = 3;\n}\n"),
    ("c.js", "used-before-definition", 1, "const made = new Thing();\nclass Thing {}\n"),
    ("d.js", "missing-result", 1, "const names = users.map((user) => {\n  user.save();\n});\n"),
    ("d.js", "missing-result", 1, "rows.sort((a, b) => {\n  a.age - b.age;\n});\n"),
    ("e.js", "sorted-as-text", 2, "const sizes = names.map((name) => name.length);\nsizes.sort();\n"),
    (
        "f.js",
        "foreach-of-promises",
        3,
        "async function all(ids) {\n  const found = [];\n  ids.forEach(async (id) => {\n"
        "    found.push(await load(id));\n  });\n  return found;\n}\n",
    ),
    ("g.js", "array-of-holes", 1, "const squares = new Array(5).map((_, i) => i * i);\n"),
    ("g.ts", "array-of-holes", 1, "const empty = Array(rows.length).map(() => 0);\n"),
    ("h.js", "shared-item", 1, "const grid = Array(3).fill([]);\ngrid[0].push(1);\n"),
    ("h.js", "shared-item", 1, "const grid = new Array(3).fill({});\ngrid[1].name = 'x';\n"),
    (
        "i.js",
        "index-as-item",
        3,
        "const prices = [3, 4];\nlet sum = 0;\nfor (const price in prices) {\n  sum += price;\n}\n",
    ),
    ("i.js", "index-as-item", 1, "for (const word in text.split(' ')) {\n  console.log(word.size);\n}\n"),
]
RIGHT = [
    # Bound, an arrow, an object given along, the emitter itself, a method without `this`, or with another `this`.
    ("a.js", COLLECTOR.format(first='this.add = this.add.bind(this);\n    feed.on("reading", this.add);')),
    ("a.js", COLLECTOR.format(first='feed.on("reading", (one) => this.add(one));')),
    ("a.js", COLLECTOR.format(first="feed.past.forEach(this.add, this);")),
    ("a.js", COLLECTOR.format(first='feed.on("reading", this.add, this);')),
    ("a.js", COLLECTOR.format(first='this.on("reading", this.add);')),
    ("a.js", COLLECTOR.format(first='feed.removeListener("reading", this.add);')),
    ("a.js", COLLECTOR.format(first="autoBind(this);\n    feed.then(this.add);")),
    ("a.js", "class A {\n  go(xs) { return xs.map(this.twice); }\n  twice(x) { return 2 * x; }\n}\n"),
    ("a.js", "class A {\n  n = 1;\n  go(xs) { return xs.map(this.plus); }\n  plus = (x) => x + this.n;\n}\n"),
    ("a.js", "class A {\n  go(b) { b.on('click', this.hit); }\n  hit() { $(this).hide(); this.go(1); }\n}\n"),
    (
        "a.ts",
        "class A {\n  n = 1;\n  @bound plus(x) { return x + this.n; }\n  go(xs) { return xs.map(this.plus); }\n}\n",
    ),
    (
        "a.js",
        "class A {\n  static all = [];\n  static add(x) { this.all.push(x); }\n  go(xs) { xs.forEach(this.add); }\n}\n",
    ),
    (
        "a.jsx",
        "class Counter extends Component {\n  add = () => { this.setState({ n: 1 }); };\n"
        "  render() { return <button onClick={this.add}>+</button>; }\n}\n",
    ),
    (
        "a.jsx",
        "class Counter extends Component {\n  label() { return 'add'; }\n"
        "  render() { return <button onClick={this.label} title={this.props.title}>+</button>; }\n}\n",
    ),
    # Awaited, or used as the promise that it is.
    (
        "b.js",
        "async function load() {}\nasync function f() {\n  const one = load();\n  g(one);\n  return await one;\n}\n",
    ),
    ("b.js", "async function load() {}\nfunction f() {\n  return load().then((one) => one.name);\n}\n"),
    (
        "b.js",
        "async function load() {}\nasync function f() {\n  const [a] = await Promise.all([load()]);\n  g(a);\n}\n",
    ),
    ("b.js", "async function load() {}\nfunction f(load) {\n  return load().name;\n}\n"),
    ("b.js", "async function load() {}\nconst ready = load();\nif (ready) {\n  ready.then(go);\n}\n"),
    (
        "b.js",
        "async function* rows() {}\nasync function f() {\n  for await (const row of rows()) {\n    g(row);\n  }\n}\n",
    ),
    ("b.js", "async function load() {}\nconst page = html`<p>${load()}</p>`;\n"),
    ("b.js", "async function load() {}\nfunction f(isOn) {\n  return isOn && load();\n}\n"),
    ("b.js", "import { fetch } from './own.js';\nexport const names = () => fetch('/names').json();\n"),
    ("b.ts", "function load(): Promise<string> & { cancel(): void } {\n  return start();\n}\nload().cancel();\n"),
    (
        "b.mjs",
        "import { watch } from 'fs/promises';\nasync function f() {\n  for await (const one of watch('.')) {}\n}\n",
    ),
    # Run later, hoisted, another name, or only a type.
    ("c.js", "function f() {\n  const later = () => total;\n  const total = 1;\n  return later;\n}\n"),
    ("c.js", "go();\nfunction go() {}\n"),
    ("c.js", "const again = () => again();\n"),
    ("c.js", "const total = 1;\nfor (const one of all) {\n  const sum = total + one;\n}\n"),
    ("c.js", "function f(x) {\n  { const x = 1; g(x); }\n  return x;\n}\n"),
    ("c.js", "const { a, b = a } = options;\n"),
    ("c.js", "const A = class A extends B {};\n"),
    ("c.ts", "export { limit };\nlet kind: typeof limit;\nconst limit = 3;\n"),
    ("c.ts", "const pair = from<[made: Made, args: Args]>(1);\nconst args = pair;\n"),
    ("c.js", "import { limit as other } from './a.js';\nexport const limit = other + 1;\n"),
    ("c.js", "class A {\n  static one = new A();\n  copy() { return new A(); }\n}\n"),
    # Returned on all ways; used for what it does; promises that are awaited.
    ("d.js", "users.map((user) => {\n  user.save();\n});\n"),
    ("d.js", "const names = users.map((user) => {\n  return user.name; // as it is\n});\n"),
    ("d.js", "const done = users.map(async (user) => {\n  await user.save();\n});\n"),
    ("d.js", "const known = users.some((user) => {\n  if (user.isKnown) {\n    return true;\n  }\n});\n"),
    ("e.js", "const names = users.map((user) => user.name);\nnames.sort();\n"),
    ("e.js", "const sizes = names.map((name) => name.length);\nsizes.sort((a, b) => a - b);\n"),
    # Nothing is read before it is there.
    ("f.js", "async function f(ids) {\n  ids.forEach(async (id) => {\n    await load(id);\n  });\n  return ids;\n}\n"),
    (
        "f.js",
        "async function f(ids) {\n  const waiting = [];\n  ids.forEach(async (id) => {\n    waiting.push(load(id));\n"
        "    await log(id);\n  });\n  return Promise.all(waiting);\n}\n",
    ),
    ("g.js", "const squares = new Array(5).fill().map((_, i) => i * i);\n"),
    ("g.js", "const squares = Array.from(new Array(5), (_, i) => i * i);\n"),
    ("g.js", "const doubled = new Array(1, 2, 3).map((one) => 2 * one);\n"),
    ("h.js", "const grid = Array(3).fill(0);\ngrid[0] = 1;\n"),
    ("h.js", "const grid = Array(3).fill([]);\ngrid[0] = [1];\ngrid[0].push(2);\n"),
    ("h.js", "const grid = Array.from({ length: 3 }, () => []);\ngrid[0].push(1);\n"),
    ("i.js", "const prices = [3, 4];\nlet sum = 0;\nfor (const i in prices) {\n  sum += prices[i];\n}\n"),
    ("i.js", "const prices = { a: 3 };\nfor (const name in prices) {\n  console.log(name.size);\n}\n"),
    ("i.js", "let sum = 0;\nfor (const price of [3, 4]) {\n  sum += price;\n}\n"),
]
MENDED = [
    ("a.js", COLLECTOR.format(first='feed.on("reading", this.add);'), 'feed.on("reading", this.add.bind(this));'),
    (
        "b.js",
        "async function names() {\n  return fetch('/names').json();\n}\n",
        "return (await fetch('/names')).json();",
    ),
    ("b.mjs", "async function load() {}\nconst one = load();\nconsole.log(one.name);\n", "const one = await load();"),
    ("g.js", "const a = new Array(5).map((_, i) => i);\n", "new Array(5).fill(undefined).map("),
    ("h.js", "const a = Array(3).fill({});\na[0].b = 1;\n", "const a = Array.from({ length: 3 }, () => ({}));"),
    ("i.js", "let sum = 0;\nfor (const one in [3, 4]) {\n  sum += one;\n}\n", "for (const one of [3, 4])"),
]


def found(name: str, text: str) -> list[Found]:
    """Return what the rules find in a file of this name."""
    return found_in(TextSnapshot(Path("/src") / name, text))


@pytest.mark.parametrize(("name", "rule", "line", "text"), MISTAKES)
def test_a_mistake_is_found_in_its_line(name: str, rule: str, line: int, text: str) -> None:
    """And nothing else is."""
    assert [(one.rule, one.place.start.line + 1) for one in found(name, text)] == [(rule, line)]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_what_looks_like_a_mistake_is_left_alone(name: str, text: str) -> None:
    """Precision before recall."""
    assert found(name, text) == []


@pytest.mark.parametrize(("name", "before", "after"), MENDED)
def test_one_change_mends_what_is_certain(name: str, before: str, after: str) -> None:
    """With it nothing is found any more."""
    (one,) = found(name, before)
    assert one.change is not None
    text = apply_edits(TextSnapshot(Path("/src") / name, before), one.change.edits)
    assert after in text
    assert found(name, text) == []


def test_nothing_is_awaited_where_nothing_can_be() -> None:
    """A function that is not async is found, and left as it is."""
    (one,) = found("b.js", "async function load() {}\nfunction f() {\n  return load().name;\n}\n")
    assert one.change is None
