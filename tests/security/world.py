"""The product as an attacker sees it: all of its addresses, and all rows of all tables to compare."""

import io
import re
import zipfile

from django.apps import apps
from django.contrib.sessions.models import Session

from tests.architecture.doors import INITIATIVE_PREFIX, routes

# What stands for an argument that is no number: a figure, an open question, a language.
WORDS = {"code": "SA1", "question": "comment"}
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


def filled(route, slug, key):
    """The address of a route: `slug` for the initiative, `key` for every number, a word for the rest."""
    found = route.path.removeprefix(INITIATIVE_PREFIX)
    rest = ARGUMENT.sub(lambda match: str(key) if match[1] == "int" else WORDS.get(match[2], "en"), found)
    return f"/i/{slug}/{rest}" if route.is_inside else f"/{rest}"


def addresses(slug, *, key):
    """Every address of the product but the admin's, each once."""
    return list(dict.fromkeys(filled(route, slug, key) for route in routes()))


def text_of(answer):
    """What an answer says; of a workbook, what lies in its parts."""
    content = answer.getvalue()
    if content.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode()


def every_row():
    """{table: its rows} of the whole database, sessions apart: what a refused request must leave as it was."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Session]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}


def differences(before, after):
    """The tables in which something changed."""
    return [table for table in before if before[table] != after[table]]
