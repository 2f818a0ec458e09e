from datetime import datetime, timedelta, timezone

from main import next_run, plan

zone = timezone(timedelta(hours=2))
now = datetime(2024, 5, 31, 17, 45, 12, tzinfo=zone)
assert next_run(now, "18:00") == datetime(2024, 5, 31, 18, tzinfo=zone)
assert next_run(now, "02:30") == datetime(2024, 6, 1, 2, 30, tzinfo=zone)
assert next_run(now, "02:30").utcoffset() == timedelta(hours=2)
exact = datetime(2024, 5, 31, 17, 45, tzinfo=zone)
assert next_run(exact, "17:45") == datetime(2024, 6, 1, 17, 45, tzinfo=zone)
assert next_run(datetime(2024, 1, 1, 8), "09:00") == datetime(2024, 1, 1, 9)
assert [name for name, _ in plan(exact, {"b": "02:30", "r": "18:00", "c": "17:45"})] == ["r", "b", "c"]
