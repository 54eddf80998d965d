"""Numbers in Arabic as our pages write them: digits from 0 to 9, which take a point."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
