"""The one process of a user that owns the vLLM on this machine (docs/protocol.md)."""
