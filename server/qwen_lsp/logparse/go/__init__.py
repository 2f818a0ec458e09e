"""Reads what programs of Go and the commands of its toolchain print."""
