"""Reads what CPython, pytest and unittest print when Python code fails."""
