"""Statements whose SQL is written once, and prepared on PostgreSQL. For the few reads behind every page: for a join over five
tables Django takes thirty times as long to write the SQL as the database takes to answer it, and the database longer to plan
it than to run it; for a row by its key Django still takes five times as long."""

from datetime import date
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connection, connections

# Values that stand for the parameters while the SQL is written; the smallest integer column holds the numbers.
MARKS = {
    int: tuple(range(30_001, 30_031)),
    str: ("first mark", "second mark"),
    date: (date(1901, 1, 1), date(1902, 2, 2)),
}


def columns_of(model, prefix=""):
    """The columns of a model's own table for values_list(), in the order in which `model.from_db` wants them."""
    return [prefix + field.attname for field in model._meta.concrete_fields]


class CompiledRead:
    """`build(*parameters)` gives a values_list() that compares columns with each parameter once.

    `parameters` says of each whether it is a whole number, a text or a date (`(int, str)`); a number alone is that many
    whole numbers. `all(*parameters)` runs it and gives its rows as tuples, converted as Django converts them; `first` gives
    the first of them, or None.
    """

    def __init__(self, build, parameters):
        kinds = (int,) * parameters if isinstance(parameters, int) else parameters
        self.build, self.kinds = build, kinds
        self.marks = tuple(MARKS[kind][kinds[:place].count(kind)] for place, kind in enumerate(kinds))
        self._compiled = lru_cache(maxsize=None)(self._compile)

    def first(self, *parameters):
        rows = self._read("fetchmany", parameters)
        return rows[0] if rows else None

    def all(self, *parameters):
        return self._read("fetchall", parameters)

    def _read(self, fetch, parameters):
        database = connections[DEFAULT_DB_ALIAS]
        sql, order, fixed, converters = self._compiled(database.vendor)
        parameters = self._stored(parameters)
        values = [fixed[place] if mark is None else parameters[mark] for place, mark in enumerate(order)]
        with _prepared(database) as cursor:
            cursor.execute(sql, values)
            rows = getattr(cursor, fetch)()
        return [self._converted(row, converters, database) for row in rows] if converters else rows

    def _compile(self, vendor):
        compiler = self.build(*self.marks).query.get_compiler(connection=connection)
        sql, fixed = compiler.as_sql()
        marks = self._stored(self.marks)
        order = [marks.index(value) if value in marks else None for value in fixed]
        converters = compiler.get_converters([selected[0] for selected in compiler.select])
        return sql, order, fixed, converters

    def _stored(self, values):
        """Values as the database takes them: SQLite keeps a date as a text."""
        if date not in self.kinds:
            return values
        adapt = connection.ops.adapt_datefield_value
        return [adapt(value) if kind is date else value for kind, value in zip(self.kinds, values, strict=True)]

    @staticmethod
    def _converted(row, converters, database):
        row = list(row)
        for place, (chain, expression) in converters.items():
            for convert in chain:
                row[place] = convert(row[place], expression, database)
        return tuple(row)


def changed_rows(sql, *values):
    """Run a statement that writes, with values as the database takes them; returns how many rows it changed."""
    with _prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def _prepared(database):
    return database.prepared_cursor() if database.vendor == "postgresql" else database.cursor()
