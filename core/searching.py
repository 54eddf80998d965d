"""Finding rows by words, on both databases alike: neither capitals nor the usual accents count.

A model that is searched has `searched = searched_text("title", "outcome")`: the database keeps that column by itself.
"""

import string
from functools import reduce

from django.db import models
from django.db.models import Func, Q, TextField

# Letters with marks that often stand in texts of our languages. SQLite replaces one after the other, each inside the next,
# and takes no more than 27 so; of other letters the marks count.
BARE_OF = dict(zip("áàâäãçéèêëíîïñóôöúûüÁÉÍÓÚ", "aaaaaceeeeiiinooouuuaeiou", strict=True))
_fold = str.maketrans(BARE_OF | dict(zip(string.ascii_uppercase, string.ascii_lowercase, strict=True)))


class SearchedText(Func):
    """The texts of some columns, one below the other, in small letters without marks. None of the columns may be null.

    Made of functions that every PostgreSQL and SQLite has, so that any tool can read and copy the database.
    """

    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context):
        text, parameters = self._lower(compiler, "CHAR(10)")
        ends = "".join(f", '{letter}', '{bare}')" for letter, bare in BARE_OF.items())
        return "REPLACE(" * len(BARE_OF) + text + ends, parameters

    def as_postgresql(self, compiler, connection, **context):
        text, parameters = self._lower(compiler, "CHR(10)")
        return f"TRANSLATE({text}, '{''.join(BARE_OF)}', '{''.join(BARE_OF.values())}')", parameters

    def _lower(self, compiler, line_end):
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        columns = f" || {line_end} || ".join(sql for sql, _parameters in compiled)
        return f"LOWER({columns})", [value for _sql, parameters in compiled for value in parameters]


def searched_text(*fields):
    """A column that the database keeps in step with `fields` of the same row, for `with_words` to look into."""
    return models.GeneratedField(
        expression=SearchedText(*map(models.F, fields)), output_field=TextField(), db_persist=True
    )


def with_words(rows, columns, words):
    """Those of `rows` in which each of `words` stands in one of `columns`, columns made by `searched_text`, also of other tables."""
    if not words:
        return rows.none()
    for word in words:
        # Capitals of other alphabets are small in the columns of PostgreSQL only.
        ways = {word.translate(_fold), word.translate(_fold).lower()}
        anywhere = [Q(**{f"{column}__contains": way}) for column in columns for way in sorted(ways)]
        rows = rows.filter(reduce(Q.__or__, anywhere))
    return rows
