"""Tests of `qwen_lsp.explain`."""
