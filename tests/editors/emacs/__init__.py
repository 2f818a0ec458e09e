"""Emacs with Eglot, in batch mode."""
