"""Tests of what watches the backend."""
