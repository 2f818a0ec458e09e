"""When a daily job is due next."""

from datetime import datetime, timedelta, timezone


def next_run(now: datetime, at: str) -> datetime:
    """Return the first moment after `now` at the time of day `at` (HH:MM), in the time zone of `now`."""
    hour, minute = map(int, at.split(":"))
    candidate = datetime(now.year, now.month, now.day, hour, minute)
    if candidate <= now:
        candidate += timedelta(days=1)
    return candidate


def plan(now: datetime, jobs: dict[str, str]) -> list[tuple[str, datetime]]:
    """Return (job, next run) in the order in which they run."""
    runs = [(name, next_run(now, at)) for name, at in jobs.items()]
    return sorted(runs, key=lambda run: run[1])


def main() -> None:
    now = datetime(2024, 5, 31, 17, 45, tzinfo=timezone(timedelta(hours=2)))
    for name, moment in plan(now, {"backup": "02:30", "report": "18:00", "cleanup": "17:45"}):
        print(f"{name:<8} {moment.isoformat()}")


if __name__ == "__main__":
    main()
