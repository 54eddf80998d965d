"""Rows in which every column of a file of entries says something, much of it hostile; and imports that have run."""

import datetime

from backbone import tasks
from backbone.actions.entry_imports import IMPORTS
from backbone.models import Evidence, PolicyItem, Resource
from core import csv
from tests.backbone.factories import EvidenceFactory, PolicyItemFactory, ResourceFactory, TargetAudienceFactory
from tests.factories import ContactFactory, OrganisationFactory

DAY = datetime.date(2026, 9, 1)
MODELS = {"evidence": Evidence, "policy": PolicyItem, "resources": Resource}
HEADERS = {
    "evidence": "Date,Kind,What happened,Link",
    "policy": "Policy,Stage,Alignment,Since",
    "resources": "What for,Money or in kind,New or redirected,Public or private,To,Amount,Currency,Received on",
}
LINES = {
    "evidence": "2026-09-{day},data use,Call {number},https://x.example/",
    "policy": "Act {number},idea,partly aligned,2026-09-{day}",
    "resources": "Gift {number},money,new,public,the backbone,{number}50,USD,2026-09-{day}",
}
# What one row of each kind adds.
ONE = {"evidence": {"evidence": 1}, "policy": {"policies": 1, "stages": 1}, "resources": {"resources": 1}}


def file_of(kind, number, start=0):
    """A file of so many different rows."""
    rows = (LINES[kind].format(number=n + 1, day=f"{n % 28 + 1:02d}") for n in range(start, start + number))
    return "\n".join([HEADERS[kind], *rows]).encode()


def times(kind, number):
    return {name: number * count for name, count in ONE[kind].items()}


def checked(kind, initiative, content, by=None):
    received = IMPORTS[kind].receive(initiative=initiative, file_name=f"{kind}.csv", content=content, by=by)
    tasks.check_entry_import(received.pk)
    received.refresh_from_db()
    return received


def confirmed(kind, initiative, content, by=None):
    received = checked(kind, initiative, content, by)
    IMPORTS[kind].confirm(file_import=received, by=by)
    return received


def imported(kind, initiative, content, by=None):
    received = confirmed(kind, initiative, content, by)
    tasks.run_entry_import(received.pk)
    received.refresh_from_db()
    return received


def table(rows):
    return b"".join(csv.write(rows))


def everything(kind, initiative):
    """Rows of one kind with something in every column."""
    partners = [OrganisationFactory(initiative=initiative, name=name) for name in ("+Alder", "Smith; Sons")]
    audience = TargetAudienceFactory(initiative=initiative, name="-Council")
    MAKERS[kind](initiative, partners, audience)


def _evidence(initiative, partners, audience):
    contact = ContactFactory(initiative=initiative, organisation=partners[0], name="Bo", email="bo@x.example")
    ContactFactory(initiative=initiative, organisation=partners[0], name="Bo", email="other@x.example")
    full = EvidenceFactory(
        initiative=initiative, title="=1+1", description="@SUM(A1)\nand, \"more\"", made_easier="'=x", happened_on=DAY,
        kind="community_action", people_least=10, people_most=12, source_link="https://x.example/?a=1&b=2", confirmed_by=contact,
    )  # fmt: skip
    full.partners.set(partners)
    full.target_audiences.add(audience)
    said = {"confirmed_by": None, "confirmed_by_other": "=The mayor", "source_link": ""}
    for _twice in range(2):
        EvidenceFactory(initiative=initiative, title="-1", happened_on=DAY, people_least=7, people_most=7, **said)


def _policy(initiative, partners, audience):
    item = PolicyItemFactory(initiative=initiative, title="=Act", jurisdiction="+State", description="@x\nand y")
    item.target_audiences.add(audience)
    item.stages.all().delete()
    for stage, alignment, day in [("in_force", "not", DAY), ("idea", "partly", DAY - datetime.timedelta(400))]:
        item.stages.create(stage=stage, alignment=alignment, reached_on=day, note="-n", source_link="https://x.example")
    PolicyItemFactory(initiative=initiative, title="=Act", jurisdiction="").stages.all().delete()


def _resources(initiative, partners, audience):
    shared = {"initiative": initiative, "received_on": None, "pledged_on": None, "asked_on": None}
    ResourceFactory(
        **shared | {"asked_on": DAY, "received_on": DAY}, title="=Gift", kind="money", origin="redirected", source="public",
        giver=partners[1], recipient="partners", receiver=partners[0], amount="1234567.80", currency="EUR",
        starts_on=DAY, ends_on=DAY + datetime.timedelta(900), note="@n\nm", source_link="https://x.example",
    )  # fmt: skip
    ResourceFactory(
        **shared | {"pledged_on": DAY}, fell_through_on=DAY, title="Rooms", kind="in_kind", origin="new", source="private",
        giver_name="-Somebody", recipient="initiative", amount=None, currency="",
    )  # fmt: skip


MAKERS = {"evidence": _evidence, "policy": _policy, "resources": _resources}
