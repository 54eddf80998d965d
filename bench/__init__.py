"""`python -m bench [name…]`: each path that matters, measured beside its floor in the same run. docs/performance.md explains it."""
