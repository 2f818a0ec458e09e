"""Reads what SQL shells, database servers and SQL build tools print when SQL fails."""
