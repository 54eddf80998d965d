"""Reading checked values out of a data file (TOML or JSON), with errors that name the file and the key."""

import math
import re
from collections.abc import Mapping

from core.wording import Wording


class DocumentError(ValueError):
    """A data file says something that cannot be used. The message names the file and the key."""


class Table:
    """One table of a data file. Each read checks; `close()` refuses the keys that nobody asked for.

    Errors are raised as `error`, a subclass of DocumentError: "file: sections[0].title.fr is missing." A wording need not
    be there in the languages of `may_lack`, which the tables inside take over.
    """

    def __init__(self, values, *, file, path="", error=DocumentError, may_lack=()):
        self.file, self.path, self.error, self.may_lack = file, path, error, may_lack
        if not isinstance(values, Mapping):
            self.refuse("", "must be a table of keys and values")
        self.values = values
        self.asked = set()

    def refuse(self, key, reason):
        where = ".".join(part for part in (self.path, key) if part) or "the file"
        raise self.error(f"{self.file}: {where} {reason}.")

    def has(self, key):
        return key in self.values

    def _read(self, key, kind, name):
        self.asked.add(key)
        if key not in self.values:
            self.refuse(key, "is missing")
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(key, f"must be {name}")
        return value

    def string(self, key, *, among=None, pattern=None):
        value = self._read(key, str, "a text")
        if not value.strip():
            self.refuse(key, "is empty")
        if among is not None and value not in among:
            self.refuse(key, f"is “{value}”, which is none of: {', '.join(among)}")
        if pattern is not None and not re.fullmatch(pattern, value):
            self.refuse(key, f"is “{value}”, which does not have the form of a code")
        return value

    def strings(self, key, *, among=None, default=None):
        """A list of texts without repetition, as a tuple; `default` where the key is left out."""
        if default is not None and not self.has(key):
            return tuple(default)
        values = self._read(key, list, "a list")
        for value in values:
            if not isinstance(value, str):
                self.refuse(key, "holds something that is not a text")
            if among is not None and value not in among:
                self.refuse(key, f"holds “{value}”, which is none of: {', '.join(among)}")
        if len(set(values)) < len(values):
            self.refuse(key, "names something twice")
        return tuple(values)

    def number(self, key):
        value = self._read(key, (int, float), "a number")
        if not math.isfinite(value):
            self.refuse(key, "must be a number")
        return value

    def whole(self, key, *, least, most):
        value = self._read(key, int, "a whole number")
        if not least <= value <= most:
            self.refuse(key, f"must be from {least} to {most}")
        return value

    def numbers(self, key, *, among):
        """A list of whole numbers without repetition, as a tuple."""
        values = self._read(key, list, "a list")
        for value in values:
            if type(value) is not int or value not in among:
                self.refuse(key, f"holds “{value}”, which is none of: {', '.join(map(str, among))}")
        if len(set(values)) < len(values):
            self.refuse(key, "names something twice")
        return tuple(values)

    def flag(self, key, *, default):
        return self._read(key, bool, "true or false") if self.has(key) else default

    def wording(self, key, languages, *, optional=False):
        """The text of `key` in exactly these languages but those it may lack; None where an optional key is left out."""
        if optional and not self.has(key):
            return None
        table = self.table(key)
        asked = [language for language in languages if language not in self.may_lack or table.has(language)]
        texts = {language: table.string(language).strip() for language in asked}
        table.close()
        return Wording.of(texts)

    def table(self, key):
        values = self._read(key, Mapping, "a table")
        return self._inside(values, f"{self.path}.{key}".strip("."))

    def tables(self, key):
        """The list of tables at `key`, at least one."""
        values = self._read(key, list, "a list")
        if not values:
            self.refuse(key, "is empty")
        path = f"{self.path}.{key}".strip(".")
        return [self._inside(value, f"{path}[{place}]") for place, value in enumerate(values)]

    def _inside(self, values, path):
        return Table(values, file=self.file, path=path, error=self.error, may_lack=self.may_lack)

    def close(self):
        for key in self.values:
            if key not in self.asked:
                self.refuse(str(key), "is not known here")
