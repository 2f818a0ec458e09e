"""The language server, driven as an editor drives it: a real process, over its stdin and stdout."""
