"""Tests of `qwen_launcher`."""
