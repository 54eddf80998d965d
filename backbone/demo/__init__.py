"""The demo: what it tells (TOML and CSV here) and the arithmetic that makes answers and activities out of it. Pure."""
