"""Conversions between the domain's types and LSP's; no handler and no state."""
