"""Tests of qwen-lsp; a package, so that tests can share helpers."""
