"""Reads what engines, test runners, compilers, linters and bundlers of JavaScript and TypeScript print."""
