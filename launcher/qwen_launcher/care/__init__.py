"""Looking after an installation: what is wrong with it (doctor), what the engine wrote, what can be removed."""
