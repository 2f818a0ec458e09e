"""Reads what the Java virtual machine and the compilers, build tools and test runners of its languages print."""
