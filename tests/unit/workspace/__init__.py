"""Mapping of frames to files."""
