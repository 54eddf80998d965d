"""Money and help in kind: the ladder, what is refused, the steps, the filters and what is found."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import resources
from backbone.models import Resource
from backbone.queries.resources import facts_of, head, of_certainty
from backbone.resource_days import problems
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import ResourceFactory
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
DAY = datetime.timedelta(days=1)


def address(name, initiative, *arguments):
    return reverse(f"backbone:resource-{name}", args=[initiative.slug, *arguments])


def typed(**changes):
    return {
        "title": "Reading rooms",
        "kind": "money",
        "origin": "new",
        "source": "private",
        "recipient": "partners",
        "amount": "2500.5",
        "currency": "eur",
        "pledged_on": "2026-05-01",
    } | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def titles(client, initiative, **filters):
    return [row.resource.title for row in client.get(address("list", initiative), filters).context["rows"]]


def test_pages_open_for_director_and_staff_and_for_nobody_else(client_as, stranger, initiative):
    row = ResourceFactory(initiative=initiative)
    for name, key in [("list", []), ("sums", []), ("add", []), ("detail", [row.pk]), ("edit", [row.pk])]:
        found = {role: client_as(role).get(address(name, initiative, *key)).status_code for role in Role}
        assert found == {role: 200 if role in (Role.DIRECTOR, Role.STAFF) else 403 for role in Role}, name
        assert stranger.get(address(name, initiative, *key)).status_code == 404


@pytest.mark.parametrize("name", ["edit", "mark", "delete"])
def test_nobody_else_changes_anything(committee_member, stranger, staff, initiative, other_initiative, name):
    row = ResourceFactory(initiative=initiative, received_on=None, asked_on="2026-01-01")
    foreign = ResourceFactory(initiative=other_initiative, received_on=None, asked_on="2026-01-01")
    fields = typed(certainty="received", on="2026-02-01")
    statuses = [who.post(address(name, initiative, row.pk), fields).status_code for who in (committee_member, stranger)]
    assert [*statuses, staff.post(address(name, initiative, foreign.pk), fields).status_code] == [403, 404, 404]
    assert [facts_of(each)[0].received_on for each in (initiative, other_initiative)] == [None, None]
    assert Resource.objects.filter(currency="USD").count() == 2


def test_entry_is_written_down_with_its_history(staff, initiative):
    giver, receiver = (OrganisationFactory(initiative=initiative, name=name) for name in ("Alder Fund", "Birch School"))
    fields = typed(giver=giver.pk, receiver=receiver.pk, note="Second year", source_link="https://alder.example/news")
    answer = staff.post(address("add", initiative), fields)
    row = Resource.objects.get()
    assert answer.url == row.get_absolute_url()
    assert (row.amount, row.currency, row.giver, row.receiver) == (Decimal("2500.50"), "EUR", giver, receiver)
    assert (row.created_by, row.how_much) == (staff.user, "2,500.50 EUR")
    told = HistoryEntry.objects.get()
    assert (told.verb, told.after["amount"], told.after["pledged_on"]) == ("resource_added", "2500.50", "2026-05-01")
    page = staff.get(answer.url).content.decode()
    assert [words in page for words in ("2,500.50 EUR", "Alder Fund", "Birch School", "Second year", "1 May 2026")] == [
        True
    ] * 5


def test_form_begins_with_the_currency_of_the_initiative_and_the_partner_asked_for(staff, initiative):
    initiative.currency = "MXN"
    initiative.save()
    giver = OrganisationFactory(initiative=initiative)
    form = staff.get(address("add", initiative), {"giver": giver.pk}).context["form"]
    assert (form["currency"].value(), form["giver"].value()) == ("MXN", str(giver.pk))
    staff.post(address("add", initiative), typed(currency=""))
    assert Resource.objects.get().currency == "MXN"


def test_help_in_kind_need_not_be_valued_and_is_then_not_zero(staff, initiative):
    page = staff.post(address("add", initiative), typed(kind="in_kind", amount=""), follow=True).content.decode()
    row = Resource.objects.get()
    assert (row.amount, row.currency, row.how_much) == (None, "", "")
    assert ("not valued" in page, "0 EUR" in page) == (True, False)
    assert head(initiative).pledged.amounts == []
    assert head(initiative).pledged.unvalued == "1 contribution in kind without a known value"


FUTURE = "This day has not come yet. Choose today or an earlier one."


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": "Write in a few words what it is for."}),
        ({"amount": ""}, {"amount": "Write how much money it is."}),
        ({"amount": "0"}, {"amount": "Write an amount above zero, or leave it blank where nobody knows the value."}),
        ({"amount": "-3"}, {"amount": "Ensure this value is greater than or equal to 0."}),
        ({"currency": "XXY"}, {"currency": "“XXY” is no currency code. Use three letters, such as USD, EUR or MXN."}),
        ({"pledged_on": "2199-01-01"}, {"pledged_on": FUTURE}),
        ({"pledged_on": ""}, {"asked_on": "Write at least one day: asked for, pledged or received."}),
        (
            {"pledged_on": "", "fell_through_on": "2026-05-02"},
            {"asked_on": "Write at least one day: asked for, pledged or received."},
        ),
        ({"asked_on": "2026-05-02"}, {"pledged_on": "It was pledged before it was asked for. Change one of the two days."}),
        ({"received_on": "2026-04-30"}, {"received_on": "It was received before it was pledged. Change one of the two days."}),
        (
            {"received_on": "2026-05-03", "fell_through_on": "2026-05-03"},
            {"fell_through_on": "It was received, or it fell through. Keep one of the two days."},
        ),
        ({"starts_on": "2026-05-03", "ends_on": "2026-05-02"}, {"ends_on": "The end lies before the start. Change one of the two dates."}),
        ({"source_link": "javascript:alert(1)"}, {"source_link": "This is no link. Write one that begins with http:// or https://, or leave it blank."}),
        ({"source_link": "ftp://a.example/"}, {"source_link": "This is no link. Write one that begins with http:// or https://, or leave it blank."}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_what_was_typed(staff, initiative, changes, errors):
    answer = staff.post(address("add", initiative), typed(note="Keep me", **changes))
    assert errors_of(answer) == {name: [sentence] for name, sentence in errors.items()}
    assert "Keep me" in answer.content.decode()
    assert (Resource.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_one_giver_and_a_receiver_only_where_it_goes_to_partners(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    both = typed(giver=partner.pk, giver_name="Somebody", receiver=partner.pk, recipient="backbone")
    assert errors_of(staff.post(address("add", initiative), both)) == {
        "giver_name": ["Choose a partner or write a name, not both."],
        "receiver": ["It goes to no partner. Take the partner out, or choose partners above."],
    }
    assert Resource.objects.count() == 0


def test_partner_of_another_initiative_is_no_choice(staff, initiative, other_initiative):
    foreign = OrganisationFactory(initiative=other_initiative, name="Foreign Fund")
    answer = staff.post(address("add", initiative), typed(giver=foreign.pk, receiver=foreign.pk))
    assert sorted(errors_of(answer)) == ["giver", "receiver"]
    assert "Foreign Fund" not in answer.content.decode()


def test_every_order_of_days_that_passes_the_form_passes_the_table(initiative):
    days = [None, *(datetime.date(2026, 1, number) for number in (1, 2, 3))]
    for asked in days:
        for pledged in days:
            for received, fell in [
                (None, None),
                *((day, None) for day in days[1:]),
                *((None, day) for day in days[1:]),
            ]:
                row = {"asked_on": asked, "pledged_on": pledged, "received_on": received, "fell_through_on": fell}
                known = [day for day in (asked, pledged, received or fell) if day]
                sound = known == sorted(known) and any((asked, pledged, received))
                assert (problems(row, days[3]) == {}) == sound, row


def test_change_tells_only_what_differs_and_nothing_for_nothing(staff, initiative):
    row = ResourceFactory(initiative=initiative, received_on=None, pledged_on="2026-05-01")
    same = typed(title=row.title, source="public", amount="1000", currency="USD")
    staff.post(address("edit", initiative, row.pk), same)
    assert HistoryEntry.objects.count() == 0
    staff.post(address("edit", initiative, row.pk), same | {"amount": "400", "received_on": "2026-06-02"})
    told = HistoryEntry.objects.get()
    assert (told.before, told.after) == (
        {"amount": "1000.00", "received_on": None},
        {"amount": "400.00", "received_on": "2026-06-02"},
    )
    page = staff.get(reverse("backbone:history-object", args=[initiative.slug, "resource", row.pk])).content.decode()
    assert ("1000.00" in page, "2 June 2026" in page) == (True, True)


def test_refused_change_shows_the_name_that_is_kept(staff, initiative):
    row = ResourceFactory(initiative=initiative, title="Kept")
    answer = staff.post(address("edit", initiative, row.pk), typed(title="Typed", amount="none"))
    assert (answer.context["resource"].title, answer.context["form"]["title"].value()) == ("Kept", "Typed")
    row.refresh_from_db()
    assert (row.title, row.amount) == ("Kept", Decimal("1000"))


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        ({"asked_on": "2026-01-01"}, ["pledged", "received", "fell_through"]),
        ({"pledged_on": "2026-01-01"}, ["received", "fell_through"]),
        ({"received_on": "2026-01-01"}, []),
        ({"asked_on": "2026-01-01", "fell_through_on": "2026-01-02"}, []),
    ],
)
def test_next_step_is_a_button_with_todays_date(staff, initiative, days, steps):
    row = ResourceFactory(initiative=initiative, **{"received_on": None} | days)
    assert [step for step, _label in staff.get(address("list", initiative)).context["rows"][0].next] == steps
    page = staff.get(row.get_absolute_url()).content.decode()
    assert [f'name="certainty" value="{step}"' in page for step in steps] == [True] * len(steps)
    assert (f'value="{initiative.today()}"' in page) == bool(steps)


def test_step_is_marked_once_with_its_history_and_leads_back(staff, initiative):
    row = ResourceFactory(initiative=initiative, received_on=None, pledged_on="2026-05-01")
    back = address("list", initiative) + "?certainty=pledged"
    fields = {"certainty": "received", "on": "2026-05-20", "next": back}
    assert staff.post(address("mark", initiative, row.pk), fields).url == back
    assert staff.post(address("mark", initiative, row.pk), fields | {"on": "2026-06-01"}).status_code == 422
    row.refresh_from_db()
    assert row.received_on == datetime.date(2026, 5, 20)
    told = HistoryEntry.objects.get()
    assert (told.verb, told.after) == ("resource_received", {"received_on": "2026-05-20"})
    assert resources.mark(resource=row, certainty="fell_through", on=row.received_on, by=staff.user) is False


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"certainty": "received", "on": "2026-04-30"}, "It was received before it was pledged."),
        ({"certainty": "received", "on": "2199-01-01"}, "This day has not come yet."),
        ({"certainty": "received", "on": "soon"}, "Enter a valid date."),
        ({"certainty": "asked", "on": "2026-05-02"}, "This was said already, or cannot be said any more."),
        ({"certainty": "eaten", "on": "2026-05-02"}, "eaten is not one of the available choices"),
    ],
)
def test_step_that_cannot_be_is_refused_beside_the_day_typed(staff, initiative, fields, words):
    row = ResourceFactory(initiative=initiative, received_on=None, pledged_on="2026-05-01")
    answer = staff.post(address("mark", initiative, row.pk), fields)
    page = answer.content.decode()
    assert (answer.status_code, words in page, f'value="{fields["on"]}"' in page) == (422, True, True)
    assert HistoryEntry.objects.count() == 0


def test_deleted_leaves_list_sums_and_search_and_comes_back(staff, initiative):
    row = ResourceFactory(initiative=initiative, title="Reading rooms", received_on=initiative.today())
    staff.post(address("delete", initiative, row.pk), {"reason": "Twice"})
    assert (titles(staff, initiative), facts_of(initiative)) == ([], [])
    assert HistoryEntry.objects.get().reason == "Twice"
    assert staff.get(row.get_absolute_url()).status_code == 404
    restoring.restore(row=Resource.with_deleted.get(), by=staff.user)
    assert (titles(staff, initiative), head(initiative).received.amounts) == (["Reading rooms"], ["1,000 USD"])


def test_list_begins_with_what_is_open_then_the_last_settled(staff, initiative):
    for title, days in [
        ("old", {"received_on": "2026-01-05"}),
        ("lost", {"asked_on": "2026-02-01", "received_on": None, "fell_through_on": "2026-03-01"}),
        ("asked", {"asked_on": "2026-04-01", "received_on": None}),
        ("pledged", {"pledged_on": "2026-05-01", "received_on": None}),
    ]:
        ResourceFactory(initiative=initiative, title=title, **days)
    assert titles(staff, initiative) == ["pledged", "asked", "lost", "old"]


def test_filters_find_what_they_say(staff, initiative):
    alder, birch = (OrganisationFactory(initiative=initiative, name=name) for name in ("Alder", "Birch"))
    ResourceFactory(initiative=initiative, title="a", giver=alder, receiver=birch, received_on="2026-02-01")
    ResourceFactory(
        initiative=initiative, title="b", amount=None, giver=birch, pledged_on="2026-03-01", received_on=None
    )
    ResourceFactory(
        initiative=initiative, title="c", currency="EUR", origin="redirected", source="private", recipient="backbone",
        giver_name="Carla", asked_on="2026-01-01", received_on=None, fell_through_on="2026-04-01",
    )  # fmt: skip
    found = {
        (name, value): "".join(sorted(titles(staff, initiative, **{name: value})))
        for name, value in [
            ("kind", "in_kind"), ("origin", "redirected"), ("source", "public"), ("recipient", "backbone"),
            ("certainty", "received"), ("certainty", "pledged"), ("certainty", "fell_through"), ("certainty", "asked"),
            ("currency", "EUR"), ("currency", "XXX"), ("giver", alder.pk), ("receiver", birch.pk), ("search", "carl"),
            ("search", "birch"), ("since", "2026-03-01"), ("until", "2026-01-31"), ("giver", "x"),
        ]
    }  # fmt: skip
    assert list(found.values()) == [
        "b",
        "c",
        "ab",
        "c",
        "a",
        "b",
        "c",
        "",
        "c",
        "abc",
        "a",
        "a",
        "c",
        "ab",
        "bc",
        "c",
        "abc",
    ]
    assert titles(staff, initiative, since="2026-02-01", until="2026-02-28") == ["a"]
    assert "Nothing matches" in staff.get(address("list", initiative), {"search": "zzz"}).content.decode()


def test_state_by_query_is_that_of_the_row_on_every_day(initiative):
    days = [None, *(datetime.date(2026, 1, number) for number in (1, 3, 5))]
    for asked in days:
        for pledged in days:
            for received, fell in [(None, None), (days[2], None), (None, days[3])]:
                if asked or pledged or received:
                    named = {"asked_on": asked, "pledged_on": pledged, "received_on": received}
                    ResourceFactory(initiative=initiative, fell_through_on=fell, **named)
    for day in (datetime.date(2026, 1, number) for number in range(1, 7)):
        for certainty in Resource.Certainty:
            rows = set(Resource.objects.filter(of_certainty(certainty, day)))
            assert rows == {row for row in Resource.objects.all() if row.certainty_on(day) == certainty}, (
                day,
                certainty,
            )


def test_head_tells_each_currency_by_itself_and_nothing_of_last_year(initiative):
    first, _last = initiative.fiscal_year(initiative.today())
    for amount, currency, day in [
        ("10.50", "USD", first),
        ("5", "EUR", initiative.today()),
        ("99", "USD", first - DAY),
    ]:
        ResourceFactory(initiative=initiative, amount=Decimal(amount), currency=currency, received_on=day)
    ResourceFactory(initiative=initiative, amount=Decimal(7), received_on=None, pledged_on=first - DAY)
    ResourceFactory(initiative=initiative, amount=Decimal(8), received_on=None, asked_on=first)
    found = head(initiative)
    assert found.received.amounts == ["10.50 USD", "5 EUR"]
    assert (found.pledged.amounts, found.asked.amounts) == (["7 USD"], ["8 USD"])


def test_markup_typed_in_stays_words(staff, initiative):
    words = {"title": HOSTILE, "giver_name": HOSTILE, "note": HOSTILE}
    row = ResourceFactory(initiative=initiative, **words)
    for here in (address("list", initiative), row.get_absolute_url(), address("edit", initiative, row.pk)):
        page = staff.get(here).content.decode()
        assert (HOSTILE in page, "&lt;script&gt;alert(1)" in page) == (False, True)


def test_search_finds_resources_for_those_who_may_see_them(staff, committee_member, initiative):
    row = ResourceFactory(initiative=initiative, title="Reading rooms", giver_name="Zenobia Fund")
    here = reverse("backbone:search", args=[initiative.slug])
    pages = [client.get(here, {"q": "zenobia"}).content.decode() for client in (staff, committee_member)]
    assert [row.get_absolute_url() in page for page in pages] == [True, False]


def test_partners_page_leads_to_what_they_gave_and_got(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    page = staff.get(partner.get_absolute_url()).content.decode()
    here = address("list", initiative)
    assert [f"{here}?{name}={partner.pk}" in page for name in ("giver", "receiver")] == [True, True]


@pytest.mark.parametrize("name", ["list", "sums"])
def test_pages_cost_the_same_with_one_and_with_many(director, initiative, name):
    counts = []
    for number in (1, 3):
        for _each in range(number):
            partner = OrganisationFactory(initiative=initiative)
            ResourceFactory(initiative=initiative, giver=partner, receiver=partner, received_on=initiative.today())
            ResourceFactory(initiative=initiative, giver=partner, received_on=None, asked_on=initiative.today())
        with CaptureQueriesContext(connection) as queries:
            director.get(address(name, initiative))
        counts.append(len(queries))
    assert len(set(counts)) == 1
