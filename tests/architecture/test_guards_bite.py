"""Each guard is given a small broken tree and must name the file and the reason; a guard that cannot bite is none."""

import pytest
from django.db import models
from django.urls import path

from tests.architecture import guards
from tests.architecture.doors import routes, way_to_initiative, without_permission
from tests.architecture.guards import GUARDS

SETTINGS = 'LOCAL_APPS = ["core", "accounts", "partners", "indicators", "surveys", "backbone"]\n'
VIEW = "def answer(request):\n" + "    x = 1\n" * 30

# guard, the broken file, its text, a part of the reason
BROKEN = [
    (guards.floors, "partners/models.py", "from surveys.models import Round\n", "a floor above"),
    (guards.floors, "partners/models.py", "def late():\n    import backbone.queries\n", "a floor above"),
    (guards.floors, "core/csv.py", "from accounts.models import User\n", "knows no subject"),
    (guards.floors, "partners/tasks.py", "from config.celery import app\n", "nobody imports"),
    (guards.floors, "partners/migrations/0001_initial.py", "import surveys.models\n", "a floor above"),
    (guards.relations, "partners/models.py", 'x = models.ForeignKey("surveys.Round", 1)\n', "a floor above"),
    (guards.relations, "partners/models.py", 'x = models.ManyToManyField(to="backbone.Activity")\n', "a floor above"),
    (guards.relations, "partners/models.py", "x = GenericForeignKey()\n", "hides a relation"),
    (guards.rooms, "partners/models.py", "from partners.actions import seats\n", "a room right of it"),
    (guards.rooms, "partners/actions/seats.py", "from partners.forms import SeatForm\n", "a room right of it"),
    (guards.rooms, "surveys/scoring.py", "from surveys.models import Round\n", "is no room"),
    (guards.room_sizes, "partners/queries.py", "x = 1\n" * 401, "401 lines"),
    (guards.room_sizes, "core/utils.py", "", "names no subject"),
    (
        guards.views,
        "partners/views/contacts.py",
        "def a(request):\n    return Contact.objects.all()\n",
        ".objects in a view",
    ),
    (guards.views, "surveys/views/answering.py", VIEW, "31 lines"),
    (guards.actions, "partners/actions/seats.py", "def give(contact, *, by): ...\n", "positional"),
    (guards.actions, "partners/actions/seats.py", "def give(*, by, contact): ...\n", "`by` comes last"),
    (guards.tasks, "surveys/tasks.py", "@shared_task\ndef send(round): ...\n", "takes ids"),
    (guards.tasks, "surveys/tasks.py", "@shared_task\ndef send(round_id):\n" + "    x = 1\n" * 20, "call one action"),
    (guards.pure, "indicators/disclosure.py", "from django.db import models\n", "meant to be pure"),
    (guards.pure, "indicators/disclosure/audit.py", "import datetime\nx = datetime.date.today()\n", "meant to be pure"),
    (guards.pure, "surveys/scoring.py", "from django.utils import timezone\n", "meant to be pure"),
    (guards.raw_sql, "partners/queries.py", 'x = Contact.objects.raw("SELECT 1")\n', "raw SQL"),
    (guards.raw_sql, "partners/queries.py", 'cursor.execute("SELECT 1")\n', "raw SQL"),
    (guards.concurrency, "surveys/actions/sending.py", "x.select_for_update(skip_locked=True)\n", "conditional UPDATE"),
    (guards.concurrency, "surveys/models.py", "@receiver(post_save)\ndef f(): ...\n", "call the action"),
    (guards.templates, "templates/base.html", "<script>alert(1)</script>", "inline script"),
    (guards.templates, "templates/base.html", '<p style="color:red">', "inline style"),
    (guards.templates, "templates/base.html", '<p onclick="go()">', "inline event handler"),
    (guards.templates, "templates/base.html", "{{ answer|safe }}", "trusts"),
    (guards.templates, "templates/base.html", '<script src="https://cdn.example/x.js"></script>', "another host"),
    (guards.assets, "static/js/x.min.js", "", "third-party"),
    (guards.assets, "static/css/x.css", "@import 'https://fonts.example/a.css';", "asks another host"),
    (guards.assets, "static/js/x.js", "node.innerHTML = text", "markup from text"),
    (guards.trusted_markup, "core/charts.py", "x = mark_safe(label)\n", "trusts a value"),
]


@pytest.mark.parametrize(("guard", "file", "text", "reason"), BROKEN)
def test_guard_names_file_and_reason(tmp_path, guard, file, text, reason):
    for name, content in {"config/settings.py": SETTINGS, file: text}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (finding,) = guard(tmp_path)
    assert finding.file == file
    assert reason in finding.reason


def test_every_guard_on_source_was_shown_a_broken_tree():
    assert {row[0] for row in BROKEN} == set(GUARDS)


def test_a_reason_for_raw_sql_that_went_stale_is_found(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/settings.py").write_text(SETTINGS)
    (tmp_path / "manage.py").touch()
    (finding,) = guards.raw_sql(tmp_path, allowed={"partners/queries.py": "once needed"})
    assert (finding.file, "remove it there" in finding.reason) == ("partners/queries.py", True)


def test_a_view_without_permission_is_found():
    found = routes([path("i/<slug:slug>/open/", lambda request: None, name="open-door")])
    assert without_permission(found) == ["open-door"]


def test_a_model_without_a_way_to_its_initiative_is_found():
    class Loose(models.Model):
        initiative_path = "owner"
        owner = models.ForeignKey("initiatives.Initiative", models.CASCADE, null=True, related_name="+")

        class Meta:
            app_label = "partners"

    try:
        assert "must be set" in way_to_initiative(Loose)
    finally:
        from django.apps import apps

        del apps.all_models["partners"]["loose"]
        apps.clear_cache()
