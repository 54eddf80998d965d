"""What an attacker would try. docs/security.md has a row for each abuse case."""
