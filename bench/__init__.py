"""Measurements, each one command; results land in docs/benchmarks.md."""
