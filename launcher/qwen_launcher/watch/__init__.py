"""Watching the backend: metrics, their history, alerts, and two ways to look at them."""
