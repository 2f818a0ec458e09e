"""qwen-lsp: from a failure log to the root cause and a checked fix, on your own machine."""
