from wrapping import box, wrap

assert wrap("thank you for shopping with us", 12) == ["thank you", "for shopping", "with us"]
assert wrap("", 5) == [] and wrap("  ", 5) == []
assert wrap("one", 5) == ["one"]
assert wrap("a incomprehensible b", 4) == ["a", "incomprehensible", "b"]
assert wrap("aa bb", 5) == ["aa bb"] and wrap("aa bb", 4) == ["aa", "bb"]
assert box("see you", 5) == "-----\nsee\nyou\n-----"
