"""Each address that names an object is asked for the other initiative's object, and says 404."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backbone.models import EntryImport
from tests.architecture.doors import INITIATIVE_PREFIX, routes
from tests.architecture.rows import FOREIGN_KEY, make_every_row

ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
# What stands for an argument that is no whole number: "en" is a language, "vision" a function, "foreign-code" the
# instrument that rows.py makes, "comment" an open question of what it asks.
# "AP1" an indicator that the log feeds.
WORDS = {
    "kind": "activity",
    "code": "vision",
    "instrument": "foreign-code",
    "ending": "csv",
    "question": "comment",
    "indicator": "AP1",
    # Of a model of stages.
    "model": "shared_data_system",
    "criterion": "lead_named",
}


def address(route, slug, key):
    """The route's address in initiative `slug`, with `key` for each whole number and a word for anything else."""
    rest = route.path.removeprefix(INITIATIVE_PREFIX)
    return f"/i/{slug}/" + ARGUMENT.sub(
        lambda match: str(key) if match[1] == "int" else WORDS.get(match[2], "en"), rest
    )


# The address of a file that was imported says its kind.
IMPORT = re.compile(r"entries/(\w+)/import/<int:")


def fit(route):
    """The address of `route` may hold one kind of rows alone: make the row that was made one of that kind. Returns the route."""
    if found := IMPORT.search(route.path):
        EntryImport.objects.update(kind=found[1])
    return route


def inside():
    return [route for route in routes() if route.is_inside]


def test_objects_of_another_initiative_do_not_exist_here(director, initiative, other_initiative):
    make_every_row(other_initiative)
    with_objects = [route for route in inside() if "<int:" in route.path.removeprefix(INITIATIVE_PREFIX)]
    assert with_objects, "no address names an object: the walk has nothing to walk"
    answers = {
        (route.name, method): getattr(director, method)(address(fit(route), initiative.slug, FOREIGN_KEY)).status_code
        for route in with_objects
        for method in ("get", "post")
    }
    assert {key: status for key, status in answers.items() if status not in {404, 405}} == {}


def test_strangers_get_404_at_every_address(stranger, initiative):
    answers = {route.name: stranger.get(address(route, initiative.slug, 1)).status_code for route in inside()}
    assert {name: status for name, status in answers.items() if status != 404} == {}


WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)", re.I)


@pytest.mark.parametrize("method", ["get", "head"])
def test_get_and_head_never_write(director, initiative, method):
    make_every_row(initiative)
    written = {}
    for route in map(fit, inside()):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            getattr(director, method)(address(route, initiative.slug, FOREIGN_KEY))
        found = [q["sql"][:80] for q in queries if WRITES.match(q["sql"]) and "django_session" not in q["sql"]]
        if found:
            written[route.name] = found
    assert written == {}


def test_every_address_answers_a_director_about_own_objects(director, initiative):
    make_every_row(initiative)
    answers = {
        route.name: director.get(address(route, initiative.slug, FOREIGN_KEY)).status_code
        for route in map(fit, inside())
    }
    assert {name: status for name, status in answers.items() if status not in {200, 302, 405}} == {}
