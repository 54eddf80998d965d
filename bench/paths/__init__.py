"""Ours, as a user or a worker sets it off, one file each. `measure(stage)` yields the rows."""
