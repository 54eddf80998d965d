"""Statements whose SQL is written once, and prepared on PostgreSQL. For the pages of a survey: for a join over five tables
Django takes thirty times as long to write the SQL as the database takes to answer it, and the database longer to plan it
than to run it."""

from functools import lru_cache

from django.db import connection

# Values that stand for the parameters while the SQL is written; the smallest integer column holds them.
MARKS = (30_001, 30_002, 30_003)


class CompiledRead:
    """`build(*parameters)` gives a values_list() that compares whole-number columns with each parameter once.

    `first(*parameters)` runs it and gives its first row as a tuple, converted as Django converts it, or None.
    """

    def __init__(self, build, parameters):
        self.build, self.marks = build, MARKS[:parameters]
        self._compiled = lru_cache(maxsize=None)(self._compile)

    def first(self, *parameters):
        sql, order, fixed, converters = self._compiled(connection.vendor)
        values = [fixed[place] if mark is None else parameters[mark] for place, mark in enumerate(order)]
        with _prepared() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
        return row and self._converted(row, converters)

    def _compile(self, vendor):
        compiler = self.build(*self.marks).query.get_compiler(connection=connection)
        sql, fixed = compiler.as_sql()
        order = [self.marks.index(value) if value in self.marks else None for value in fixed]
        converters = compiler.get_converters([selected[0] for selected in compiler.select])
        return sql, order, fixed, converters

    @staticmethod
    def _converted(row, converters):
        row = list(row)
        for place, (chain, expression) in converters.items():
            for convert in chain:
                row[place] = convert(row[place], expression, connection)
        return tuple(row)


def changed_rows(sql, *values):
    """Run a statement that writes, with values as the database takes them; returns how many rows it changed."""
    with _prepared() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def _prepared():
    return connection.prepared_cursor() if hasattr(connection, "prepared_cursor") else connection.cursor()
