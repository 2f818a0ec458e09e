"""`qwen-launcher`: gets, starts, watches and stops the vLLM that serves a Qwen model on this machine."""
