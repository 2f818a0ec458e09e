"""Reads what programs of Rust, the compiler, Clippy and Cargo print."""
