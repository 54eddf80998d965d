"""Floors: the least code that does the same committed work honestly, one file each. None imports what it is held against."""
