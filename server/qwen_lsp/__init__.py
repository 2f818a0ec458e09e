"""qwen-lsp: from a failure log to the root cause and a checked fix, on your own machine."""

# A constant: importlib.metadata would add 30 ms to every start of the server.
__version__ = "0.1.0"
