"""Run times of periodic jobs within a horizon."""

from dataclasses import dataclass

from durations import parse_duration


@dataclass(frozen=True)
class Job:
    name: str
    every: str
    offset: str = "0s"


def timeline(jobs: list[Job], horizon: str) -> list[tuple[int, str]]:
    """Return (second, job) for every run from 0 up to, not including, the horizon."""
    end = parse_duration(horizon)
    runs = []
    for job in jobs:
        moment = parse_duration(job.offset)
        step = parse_duration(job.every)
        while moment < end:
            runs.append((moment, job.name))
            moment += step
    return sorted(runs)
