"""Tests that need no model and no editor."""
