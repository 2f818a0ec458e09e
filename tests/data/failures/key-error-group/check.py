from main import POSTS, Post, group_by_tag, render

assert group_by_tag(POSTS) == {
    "bread": ["Sourdough in a week", "Rye and water"],
    "howto": ["Sourdough in a week", "Sharpening knives"],
    "tools": ["Sharpening knives"],
}
assert group_by_tag([]) == {}
assert render([Post("a", ("x",)), Post("b", ("x",))]) == "X\n  - a\n  - b"
