"""Neovim, driven over its RPC."""
