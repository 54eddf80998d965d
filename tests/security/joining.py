"""Somebody who has a copy of everything we keep and write, and tries to find out who said what.

Given the rows of the database as they lie on the disk, the shared store, files, mails and log, every attempt orders the answers by
something (place, transaction, number, time, size, language, any column) and the people by something (any column of any row that
speaks of them, their mails, the order in which a watcher saw them answer), pairs them off, and the other way round; or looks
for a value that stands on both sides. Equals are ordered by number, and as the watcher saw them. Each attempt is a guess for every answer.
"""

import datetime
import json
import logging
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

OWN_TABLES = ("surveys_", "partners_", "initiatives_", "indicators_", "accounts_", "backbone_", "django_session")


@dataclass
class Row:
    table: str
    values: dict


@dataclass
class Copy:
    """`rows` as they lie, `texts` {where: everything readable there}, `mails` [(recipient, content)]."""

    rows: list
    texts: dict
    mails: list


def copy_of(mails, log):
    """What a thief of the whole installation has, the keys in the environment excepted."""
    rows = [row for table in _tables() for row in _rows(table)]
    texts = {f"file {path.name}": _read(path) for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()}
    texts["rows"] = "\n".join(str(row.values) for row in rows)
    texts["shared store"] = _read_store()
    texts["mails"] = "\n".join(mail.content.decode() for mail in mails)
    texts["log"] = "\n".join(logging.Formatter().format(record) for record in log)
    return Copy(rows, texts, [(mail.recipient, mail.content) for mail in mails])


def _tables():
    return sorted(name for name in connection.introspection.table_names() if name.startswith(OWN_TABLES))


def _rows(table):
    """The rows in physical order; on PostgreSQL with the transaction that wrote them."""
    lies = "ctid::text, xmin::text" if connection.vendor == "postgresql" else "rowid, 0"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {lies}, * FROM "{table}" ORDER BY {lies.split(",")[0].removesuffix("::text")}')
        names = [column.name if hasattr(column, "name") else column[0] for column in cursor.description][2:]
        for place, (_where, stamp, *values) in enumerate(cursor.fetchall()):
            read = [bytes(value) if isinstance(value, memoryview) else value for value in values]
            yield Row(table, {"(place)": place, "(transaction)": int(stamp)} | dict(zip(names, read, strict=True)))


def size_of_rows():
    """How long all rows of surveys are, as a thief of two backups can compare."""
    rows = (row for table in _tables() if table.startswith("surveys_") for row in _rows(table))
    return sum(_length(value) for row in rows for name, value in row.values.items() if not name.startswith("("))


def _length(value):
    return len(value) if isinstance(value, bytes) else len(str(value))


def _read(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def shared_store():
    return redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://"))


def _read_store():
    store = shared_store()
    kinds = {b"string": store.get, b"hash": store.hgetall, b"set": store.smembers}
    found = []
    for key in store.scan_iter():
        read = kinds.get(store.type(key), lambda key: _listed(store, key))
        found.append(f"{key} {read(key)}")
    return "\n".join(found)


def _listed(store, key):
    return store.zrange(key, 0, -1) if store.type(key) == b"zset" else store.lrange(key, 0, -1)


@dataclass(frozen=True)
class Person:
    """`secret` stands in what they wrote; `seen` is their place in the order in which a watcher saw them answer, `growth` by
    how much the rows grew from a backup before to one after."""

    invitation: int
    contact: int
    email: str
    name: str
    secret: str
    seen: int
    growth: int


def attempts(copy, people, of=""):
    """{(kind, answers by, people by): how many answers it gives to the right person}. `of`: only those of one table."""
    rows = [part for row in copy.rows for part in _texts_apart(row) if part.table == of or not of]
    answers = [(row, person) for row in rows for person in people if person.secret in str(row.values)]
    if not answers:
        return {}
    truth = [person for _row, person in answers]
    by_answer = _answer_keys([row for row, _person in answers])
    by_person = _person_keys(copy, people)
    found = {}
    for name, keys in by_answer.items():
        answer_order = sorted(range(len(keys)), key=lambda a: (_sortable(keys[a]), _sortable(by_answer["id"][a])))
        for other, values in by_person.items():
            order = sorted(people, key=lambda person: (_sortable(values.get(person)), person.seen))
            for way, ranked in ("up", order), ("down", order[::-1]):
                right = sum(truth[a] == person for a, person in zip(answer_order, ranked, strict=False))
                found[_kind(name, other), name, f"{other} {way}"] = right
            owners = defaultdict(list)
            for person in people:
                owners[str(values.get(person))].append(person)
            equal = sum(owners.get(str(key)) == [truth[number]] for number, key in enumerate(keys))
            found["id", name, f"{other} equal"] = equal
    return found


def _texts_apart(row):
    """What people wrote is released in one row for all: each text of it is a row of its own to whoever orders them."""
    if row.table != "indicators_releasedtexts":
        return [row]
    texts = row.values["texts"]
    texts = json.loads(texts) if isinstance(texts, str) else texts
    return [
        Row(f"{row.table} {row.values['code']}", row.values | {"texts": text, "id": place, "(place)": place})
        for place, text in enumerate(texts)
    ]


def _kind(name, other):
    if other.startswith("mail"):
        return "mail"
    last = name.rpartition(".")[2]
    return {"(size)": "size", "language": "language"}.get(last, "time" if last.endswith(("_at", "_on")) else "order")


def _answer_keys(rows):
    keys = {}
    for name in rows[0].values:
        keys[name] = [row.values.get(name) for row in rows]
    keys["(size)"] = [len(str(row.values)) for row in rows]
    # What was answered, question by question, could stand elsewhere as well.
    contents = [_content(row) for row in rows]
    for code in sorted({code for content in contents for code in content}):
        keys[f"answer {code}"] = [content.get(code) for content in contents]
    keys["answer order"] = [",".join(content) for content in contents]
    return keys


def _content(row):
    value = row.values.get("answers")
    return json.loads(value) if isinstance(value, str) else value or {}


def _person_keys(copy, people):
    """{name: {person: value}}: of each row that speaks of a person all columns, their number and place."""
    keys = defaultdict(dict)
    by_number = {"invitation_id": {p.invitation: p for p in people}, "contact_id": {p.contact: p for p in people}}
    words = {word: person for person in people for word in (person.email, person.name)}
    for row in copy.rows:
        for person in _spoken_of(row, by_number, words):
            if person.secret in str(row.values):
                continue  # the answer itself
            for column, value in row.values.items():
                keys[f"{row.table}.{column}"].setdefault(person, value)
            keys[f"{row.table} (rows)"][person] = keys[f"{row.table} (rows)"].get(person, 0) + 1
            keys[f"{row.table} (size)"][person] = keys[f"{row.table} (size)"].get(person, 0) + len(str(row.values))
    by_address = {person.email: person for person in people}
    for place, (recipient, content) in enumerate(copy.mails):
        person = by_address.get(recipient)
        keys["mail first"].setdefault(person, place)
        keys["mail last"][person] = place
        keys["mail number"][person] = keys["mail number"].get(person, 0) + 1
        keys["mail size"][person] = keys["mail size"].get(person, 0) + len(content)
    lines = copy.texts["log"].splitlines()
    for person in people:
        keys["watched"][person] = person.seen
        keys["growth"][person] = person.growth
        mentioned = [place for place, line in enumerate(lines) if person.email in line or person.name in line]
        keys["log"][person] = mentioned[-1] if mentioned else None
    return keys


def _spoken_of(row, by_number, words):
    found = set()
    if row.table == "surveys_invitation" and row.values["id"] in by_number["invitation_id"]:
        found.add(by_number["invitation_id"][row.values["id"]])
    if row.table == "partners_contact" and row.values["id"] in by_number["contact_id"]:
        found.add(by_number["contact_id"][row.values["id"]])
    for column, value in row.values.items():
        person = by_number.get(column, {}).get(value) or words.get(value if isinstance(value, str) else None)
        if person:
            found.add(person)
    return found


def _sortable(value):
    """Values of any kind in one order: numbers, times and texts by themselves, nothing last."""
    if value is None:
        return 3, 0, ""
    if isinstance(value, int | float):
        return 0, value, ""
    if isinstance(value, datetime.datetime):
        return 1, value.timestamp(), ""
    return 2, 0, str(value)


def chance(rounds, tries, at=1e-6):
    """So many right answers, over so many rounds, no blind guess reaches in one of `tries` tries, but once in 1/`at`.

    Pairing off at random gives one right answer a round on average, whatever its size: a Poisson number, nearly.
    """
    few, term, total = 0, math.exp(-rounds), 0.0
    while True:
        total += term
        few += 1
        term *= rounds / few
        if tries * (1 - total) < at and few > rounds:
            return few
