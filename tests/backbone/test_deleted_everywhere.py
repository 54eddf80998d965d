"""What is deleted is told by no page and counted by no figure: every page is then as if the row had never been, and after
restoring it is as it was before."""

import re

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from backbone.models import ActionItem, Meeting
from backbone.queries.deleted import KINDS
from backbone.tokens import own_page_token
from initiatives.actions import restoring
from partners.models import Contact
from tests.architecture.doors import routes
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.architecture.test_foreign_rows import address
from tests.backbone.factories import DecisionFactory, MeetingFactory
from tests.security.world import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# They are about what was deleted.
TELL_OF_IT = {"backbone:deleted-list", "backbone:history-list", "backbone:history-export", "backbone:history-object"}
# What differs between two answers of the same page.
BY_CHANCE = re.compile(r'name="(csrfmiddlewaretoken|page)" value="[^"]*"|<dcterms:(created|modified)[^>]*>[^<]*')


def titled(kind):
    return f"Marked {kind}"


@pytest.fixture
def rows(initiative):
    """A row of every table, each pointing to every other that it can point to, and each that can be deleted with its mark."""
    made = make_every_row(initiative)
    for row in made.values():
        for field in [f for f in row._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.null]:
            target = made.get(field.related_model)
            if target is not None and target is not row and field.name not in ("deleted_by", "owner_staff"):
                _point(row, field.name, target)
        for field in row._meta.many_to_many:
            if field.related_model in made and field.remote_field.through._meta.auto_created:
                getattr(row, field.name).add(made[field.related_model])
    # A meeting of a series is one of its turns.
    Meeting.objects.update(series_start=F("starts_at"))
    for kind, model in KINDS.items():
        has_title = any(field.name == "title" for field in model._meta.concrete_fields)
        model.objects.update(**{"title" if has_title else "note": titled(kind)})
    return {kind: made[model] for kind, model in KINDS.items()}


def _point(row, name, target):
    """Set a link, if what the table checks allows it."""
    before = getattr(row, name)
    setattr(row, name, target)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        setattr(row, name, before)


def pages(client, slug):
    """{address: (status, text)} of every address that answers a GET, other than those that tell of deleting, of lists
    with a filter that shows more than they begin with, and of the page that a partner has."""
    here = [address(route, slug, FOREIGN_KEY) for route in routes() if route.is_inside and route.name not in TELL_OF_IT]
    partner = Contact.objects.get(initiative__slug=slug)
    more = [f"/i/{slug}/meetings/?show=past", f"/i/{slug}/search/?q=Marked", f"/i/{slug}/action-items/?state=all"]
    answers = {each: client.get(each) for each in [*here, *more, f"/own/{own_page_token(partner)}/"]}
    return {
        each: (answer.status_code, BY_CHANCE.sub("", text_of(answer)))
        for each, answer in answers.items()
        if answer.status_code != 405
    }


def differing(one, other):
    return sorted(here for here in one if one[here] != other.get(here))


@pytest.fixture
def still(monkeypatch):
    """The clock stands, so that pages with the hour on them can be compared."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_deleted_is_as_if_it_had_never_been_and_restored_as_it_was(director, initiative, rows, still):
    before = pages(director, initiative.slug)
    for kind, row in rows.items():
        assert [here for here, (_status, text) in before.items() if titled(kind) in text], kind
        restoring.delete(row=row, by=director.user)
        deleted = pages(director, initiative.slug)
        assert [here for here, (status, text) in deleted.items() if titled(kind) in text and status == 200] == [], kind
        assert differing(deleted, _without(row, director)) == [], kind
        restoring.restore(row=row, by=director.user)
    assert differing(before, pages(director, initiative.slug)) == []


def _without(row, client):
    """The pages as they are where the row was removed for good."""
    kept = transaction.savepoint()
    type(row).with_deleted.filter(pk=row.pk).delete()
    gone = pages(client, row.initiative.slug)
    transaction.savepoint_rollback(kept)
    return gone


def test_a_form_keeps_the_link_to_what_is_deleted(director, initiative):
    meeting, decision = MeetingFactory(initiative=initiative), DecisionFactory(initiative=initiative)
    item = ActionItem.objects.create(initiative=initiative, title="Call", meeting=meeting, decision=decision)
    for row in (meeting, decision):
        restoring.delete(row=row, by=director.user)
    here = reverse("backbone:action-item-edit", args=[initiative.slug, item.pk])
    form = director.get(here).context["form"]
    assert (form["meeting"].value(), form["decision"].value()) == (None, None)
    assert director.post(here, {"title": "Call again", "owner": ""}).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.meeting, item.decision) == ("Call again", meeting, decision)
