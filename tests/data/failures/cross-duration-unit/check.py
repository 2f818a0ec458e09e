from durations import parse_duration
from scheduler import Job, timeline

assert [parse_duration(text) for text in ("90s", "15m", "2h", " 0h ")] == [90, 900, 7200, 0]
for wrong in ("3d", "", "h", "-1s"):
    try:
        parse_duration(wrong)
    except ValueError:
        continue
    raise SystemExit(f"{wrong!r} must be refused")
assert timeline([Job("a", "1h", "30s"), Job("b", "50m")], "2h") == [
    (0, "b"), (30, "a"), (3000, "b"), (3630, "a"), (6000, "b"),
]
