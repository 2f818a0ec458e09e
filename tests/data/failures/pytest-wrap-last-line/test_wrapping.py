from wrapping import box, wrap


def test_breaks_at_blanks():
    assert wrap("thank you for shopping with us", 12) == ["thank you", "for shopping", "with us"]


def test_nothing_to_wrap():
    assert wrap("   ", 12) == []


def test_box_has_rules():
    text = box("see you", 5)
    assert text.startswith("-----\n")
    assert text.endswith("\n-----")
