"""Reading of failure logs."""
