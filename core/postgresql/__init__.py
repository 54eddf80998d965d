"""The database engine of the settings: Django's PostgreSQL, with two costs of every request taken away (see base)."""
