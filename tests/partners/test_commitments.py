"""What partners promised: the ladder of its pages, sums that are never added across, the file, and what became of it."""

import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import csv
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from partners.actions import commitments
from partners.models import Commitment
from partners.queries import COMMITMENT_HEADER, commitment_sums
from tests.backbone.follow_ups import CommitmentFactory
from tests.factories import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOSTILE = "<script>alert(1)</script>"
PAGES = ["commitment-list", "commitment-add", "commitment-export"]
OF_ONE = ["commitment-detail", "commitment-edit", "commitment-settle", "commitment-delete"]


def address(name, initiative, *arguments):
    return reverse(f"partners:{name}", args=[initiative.slug, *arguments])


def typed(person, **changes):
    fields = {"organisation": person.organisation.pk, "contact": person.pk, "title": "Tutors", "kind": "time"}
    return fields | {"made_on": "2026-10-01"} | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_the_backbone_and_for_nobody_else(name, staff, stranger, client_as, initiative):
    assert [client.get(address(name, initiative)).status_code for client in (staff, stranger)] == [200, 404]
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(name, initiative)).status_code == 403


@pytest.mark.parametrize("name", OF_ONE)
def test_promise_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    foreign = CommitmentFactory(initiative=other_initiative)
    answer = staff.post(address(name, initiative, foreign.pk), {"state": "kept", "on": "2026-11-01"})
    assert answer.status_code in (404, 405)
    foreign.refresh_from_db()
    assert (foreign.state, foreign.deleted_at) == ("made", None)


def test_what_is_typed_is_stored_and_told(staff, initiative):
    contact = ContactFactory(initiative=initiative)
    fields = typed(
        contact, kind="money", amount="1500", currency="eur", unit="pieces", due_on="2026-12-31", note="Call"
    )
    staff.post(address("commitment-add", initiative), fields)
    row = Commitment.objects.get()
    assert (row.organisation, row.contact, row.kind, row.amount, row.currency, row.unit, row.state) == (
        contact.organisation, contact, "money", Decimal("1500.00"), "EUR", "", "made",
    )  # fmt: skip
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.after["amount"], entry.by) == ("commitment_added", "1500.00", staff.user)


def test_money_without_a_currency_is_in_the_initiatives_and_other_things_have_none(staff, initiative):
    contact = ContactFactory(initiative=initiative)
    for kind in ("money", "time"):
        fields = typed(
            contact, kind=kind, amount="3", currency="" if kind == "money" else "EUR", unit=" hours  a month"
        )
        staff.post(address("commitment-add", initiative), fields)
    assert list(Commitment.objects.order_by("id").values_list("currency", "unit")) == [
        (initiative.currency, ""), ("", "hours a month"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "gold"}, "kind"),
        ({"kind": "money", "currency": "XX1"}, "currency"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1" * 40}, "amount"),
        ({"due_on": "2026-09-30"}, "due_on"),
        ({"contact": "9" * 60}, "contact"),
    ],
)
def test_what_is_refused_is_said_and_nothing_is_lost(staff, initiative, changes, field):
    contact = ContactFactory(initiative=initiative)
    answer = staff.post(address("commitment-add", initiative), typed(contact, note="Kept words", **changes))
    if answer.status_code == 400:
        assert field == "contact"
    else:
        assert list(errors_of(answer)) == [field]
        assert "Kept words" in answer.content.decode()
    assert Commitment.objects.count() == HistoryEntry.objects.count() == 0


def test_foreign_people_are_no_choice_and_colleagues_elsewhere_are_refused(staff, initiative, other_initiative):
    contact, elsewhere = ContactFactory(initiative=initiative), ContactFactory(initiative=initiative)
    foreign = ContactFactory(initiative=other_initiative, name="Foreign Person")
    for wrong in (elsewhere, foreign):
        answer = staff.post(address("commitment-add", initiative), typed(contact, contact=wrong.pk))
        assert list(errors_of(answer)) == ["contact"]
    assert "Foreign Person" not in answer.content.decode()
    assert Commitment.objects.count() == 0


def test_settling_notes_state_and_day_and_opening_again_takes_the_day_away(staff, initiative):
    row = CommitmentFactory(initiative=initiative)
    here, seen = address("commitment-settle", initiative, row.pk), []
    for state in ("kept", "partly", "not_kept", "released", "made"):
        staff.post(here, {"state": state, "on": "2026-10-20"})
        row.refresh_from_db()
        seen.append((row.state, row.settled_on and row.settled_on.isoformat()))
    day = "2026-10-20"
    assert seen == [("kept", day), ("partly", day), ("not_kept", day), ("released", day), ("made", None)]
    staff.post(here, {"state": "made", "on": day})
    assert [entry.verb for entry in HistoryEntry.objects.all()] == ["commitment_settled"] * 5


def test_day_of_settling_lies_between_the_promise_and_today(staff, initiative):
    row = CommitmentFactory(initiative=initiative, made_on=initiative.today() - DAY)
    here = address("commitment-settle", initiative, row.pk)
    for day in (initiative.today() + DAY, initiative.today() - 2 * DAY, "soon"):
        answer = staff.post(here, {"state": "kept", "on": str(day)})
        assert (answer.status_code, list(errors_of(answer))) == (422, ["on"])
    row.refresh_from_db()
    assert (row.state, HistoryEntry.objects.count()) == ("made", 0)


def test_saving_without_a_change_is_not_told_and_keeps_the_confirmation(director, initiative):
    row = CommitmentFactory(initiative=initiative, amount=Decimal("20.00"), unit="hours")
    commitments.confirm(commitment=row, contact=row.contact)
    commitments.change(commitment=row, values={"amount": Decimal(20), "unit": "hours"}, by=director.user)
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert [entry.verb for entry in HistoryEntry.objects.all()] == ["commitment_confirmed"]


def test_sums_are_for_each_kind_and_currency_or_unit_and_never_across(initiative):
    told = [
        ("money", 100, "USD", "", "kept"), ("money", 50, "USD", "", "made"), ("money", 70, "EUR", "", "partly"),
        ("time", 10, "", "hours", "kept"), ("time", None, "", "hours", "made"), ("time", 3, "", "days", "released"),
        ("data", None, "", "", "kept"),
    ]  # fmt: skip
    for kind, amount, currency, unit, state in told:
        settled = None if state == "made" else datetime.date(2026, 11, 1)
        CommitmentFactory(initiative=initiative, kind=kind, amount=amount, currency=currency, unit=unit, state=state,
                          settled_on=settled)  # fmt: skip
    CommitmentFactory(kind="money", amount=999, currency="USD")
    sums = [(s.kind, s.of_what, s.number, s.kept_number, s.partly_number, s.promised, s.kept)
            for s in commitment_sums(initiative.commitments.all())]  # fmt: skip
    assert sums == [
        ("time", "days", 1, 0, 0, 3, None),
        ("time", "hours", 2, 1, 0, 10, 10),
        ("money", "EUR", 1, 0, 1, 70, None),
        ("money", "USD", 2, 1, 0, 150, 100),
        ("data", "", 1, 1, 0, None, None),
    ]


def test_list_is_filtered_by_each_of_its_filters(staff, initiative):
    today = initiative.today()
    late = CommitmentFactory(initiative=initiative, title="late", made_on=today - 9 * DAY, due_on=today - DAY)
    CommitmentFactory(initiative=initiative, title="money", kind="money", due_on=today)
    CommitmentFactory(initiative=initiative, title="kept", state="kept", settled_on=today, due_on=today - DAY)
    for filters, found in (
        ({}, ["kept", "late", "money"]),
        ({"kind": "money"}, ["money"]),
        ({"state": "kept"}, ["kept"]),
        ({"when": "overdue"}, ["late"]),
        ({"when": "open"}, ["late", "money"]),
        ({"organisation": late.organisation_id}, ["late"]),
        ({"search": "MON"}, ["money"]),
        ({"kind": "gold", "search": "kept"}, ["kept"]),
    ):
        page = staff.get(address("commitment-list", initiative), filters).context["page"]
        assert sorted(row.title for row in page) == found, filters


@pytest.mark.parametrize("number", [3, 3_000])
def test_list_costs_the_same_queries_with_one_three_and_three_thousand_promises(staff, initiative, number):
    contact, counts = ContactFactory(initiative=initiative), []
    for more in (1, number - 1):
        rows = [Commitment(initiative=initiative, organisation=contact.organisation, contact=contact, title="x",
                           kind="time", made_on=initiative.today()) for _ in range(more)]  # fmt: skip
        Commitment.objects.bulk_create(rows, batch_size=500)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address("commitment-list", initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_page_of_the_organisation_shows_its_own_and_readers_of_partners_alone_do_not_see_them(staff, initiative):
    mine = CommitmentFactory(initiative=initiative, title="Ours")
    CommitmentFactory(initiative=initiative, title="Theirs")
    page = staff.get(address("organisation-detail", initiative, mine.organisation_id)).content.decode()
    assert ["Ours" in page, "Theirs" in page] == [True, False]


def test_deleted_promise_leaves_list_sums_file_and_page(staff, initiative):
    row = CommitmentFactory(initiative=initiative, title="Gone")
    staff.post(address("commitment-delete", initiative, row.pk))
    context = staff.get(address("commitment-list", initiative)).context
    assert (context["page"].paginator.count, context["sums"]) == (0, [])
    file = b"".join(staff.get(address("commitment-export", initiative)).streaming_content)
    page = staff.get(address("organisation-detail", initiative, row.organisation_id)).content
    assert [b"Gone" in file, b'">Gone<' in page] == [False, False]


def rows_of(client, initiative, **filters):
    answer = client.get(address("commitment-export", initiative), filters)
    return [cells for _number, cells in csv.read(b"".join(answer.streaming_content))]


def test_file_holds_what_the_filters_show(staff, initiative):
    row = CommitmentFactory(initiative=initiative, title="Tutors", amount=Decimal("12.50"), unit="hours")
    CommitmentFactory(initiative=initiative, kind="money")
    header, told = rows_of(staff, initiative, kind="time")
    assert header == COMMITMENT_HEADER
    assert told[:10] == [row.organisation.name, row.contact.name, "Tutors", "time", "12.50", "", "hours", "2026-10-14",
                         "", "made"]  # fmt: skip


def test_no_cell_of_the_file_runs_in_a_spreadsheet(staff, initiative):
    organisation = OrganisationFactory(initiative=initiative, name="=1+1")
    contact = ContactFactory(initiative=initiative, organisation=organisation, name="@SUM(A1)")
    CommitmentFactory(
        initiative=initiative, contact=contact, title="+cmd", unit="-2", note="=HYPERLINK()", dispute="@x"
    )
    answer = staff.get(address("commitment-export", initiative))
    text = io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")
    import csv as plain

    cells = [cell for row in plain.reader(text) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []
    assert {"'=1+1", "'@SUM(A1)", "'+cmd", "'-2", "'=HYPERLINK()", "'@x"} <= set(cells)


def test_hostile_words_stay_text(staff, initiative):
    contact = ContactFactory(initiative=initiative, name=HOSTILE, organisation__name=HOSTILE)
    row = CommitmentFactory(initiative=initiative, contact=contact, title=HOSTILE, unit=HOSTILE, amount=1, note=HOSTILE,
                            dispute=HOSTILE, disputed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))  # fmt: skip
    for name, *arguments in [("commitment-list",), ("commitment-detail", row.pk), ("commitment-edit", row.pk)]:
        page = staff.get(address(name, initiative, *arguments)).content.decode()
        assert (HOSTILE in page, "&lt;script&gt;" in page) == (False, True)
