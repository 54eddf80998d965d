"""Evidence entries: written, changed, found and counted only with a source."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import evidence as entries
from backbone.models import Evidence, Story, TargetAudience
from backbone.queries.evidence import sourced
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.factories import EvidenceFactory
from tests.factories import ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 10, 14)
HOSTILE = "<script>alert(1)</script>"
NOT_COUNTED = "Not counted yet: add a link, a file, or who confirmed it."


def address(name, initiative, *arguments):
    return reverse(f"backbone:evidence-{name}", args=[initiative.slug, *arguments])


def typed(**changes):
    return {"kind": "data_use", "title": "The clinic used the data", "happened_on": "2026-10-14"} | changes


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def page_of(answer):
    return BeautifulSoup(answer.content, "html.parser")


def told():
    return list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True))


def test_added_entry_is_told_with_its_partners(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    values = {"kind": "data_use", "happened_on": DAY, "title": "The clinic used the data", "partners": [partner]}
    entry = entries.add(initiative=initiative, values=values, by=staff.user)
    history = HistoryEntry.objects.get()
    assert (entry.created_by, list(entry.partners.all())) == (staff.user, [partner])
    assert (history.verb, history.after["partners"], history.after["happened_on"]) == (
        "evidence_added",
        [partner.pk],
        "2026-10-14",
    )


def test_change_sets_what_is_named_and_tells_nothing_where_nothing_differs(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    entry = EvidenceFactory(initiative=initiative, partners=[partner], title="Before")
    for _time in range(2):
        entries.change(evidence=entry, values={"title": "After", "people_least": 5, "people_most": 9}, by=staff.user)
    entry.refresh_from_db()
    assert (entry.title, entry.people_written, list(entry.partners.all())) == ("After", "5-9", [partner])
    history = HistoryEntry.objects.get()
    assert (history.verb, history.before) == (
        "evidence_changed",
        {"title": "Before", "people_least": None, "people_most": None},
    )


def test_deleted_entry_comes_back(staff, initiative):
    entry = EvidenceFactory(initiative=initiative)
    assert entries.delete(evidence=entry, reason="Twice", by=staff.user)
    assert not entries.delete(evidence=entry, by=staff.user)
    assert Evidence.objects.count() == 0
    restoring.restore(row=entry, by=staff.user)
    assert (Evidence.objects.get(), told()) == (entry, ["evidence_deleted", "evidence_restored"])


def test_a_source_is_a_link_a_file_or_somebody_who_confirmed_it(initiative):
    EvidenceFactory(initiative=initiative)
    linked = EvidenceFactory(initiative=initiative, source_link="https://news.example/a")
    by_contact = EvidenceFactory(initiative=initiative, confirmed_by=ContactFactory(initiative=initiative))
    by_name = EvidenceFactory(initiative=initiative, confirmed_by_other="The mayor")
    filed = EvidenceFactory(initiative=initiative)
    for _time in range(2):
        filed.attachments.create(name="a.pdf", kind="pdf", size=1)
    assert sorted(sourced(initiative.evidence.all()), key=lambda row: row.pk) == [linked, by_contact, by_name, filed]


def test_evidence_opens_for_the_backbone_and_for_nobody_else(client_as, stranger, initiative):
    entry = EvidenceFactory(initiative=initiative)
    pages = [address("list", initiative), address("add", initiative)]
    pages += [address(name, initiative, entry.pk) for name in ("detail", "edit")]
    answers = {role: {client_as(role).get(page).status_code for page in pages} for role in Role}
    assert answers == {role: {200} if role in (Role.DIRECTOR, Role.STAFF) else {403} for role in Role}
    assert {stranger.get(page).status_code for page in pages} == {404}
    assert client_as(Role.COMMITTEE).post(address("delete", initiative, entry.pk)).status_code == 403
    assert client_as(Role.COMMITTEE).post(address("add", initiative), typed()).status_code == 403
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("name", ["detail", "edit", "delete"])
def test_entry_of_another_initiative_does_not_exist_here(name, staff, initiative, other_initiative):
    here = address(name, initiative, EvidenceFactory(initiative=other_initiative).pk)
    assert staff.get(here).status_code in (404, 405)
    assert staff.post(here, typed()).status_code in (404, 405)
    assert HistoryEntry.objects.count() == 0


def test_three_fields_are_enough_and_what_is_missing_to_be_counted_is_said(staff, initiative):
    answer = staff.post(address("add", initiative), typed(), follow=True)
    entry = Evidence.objects.get()
    assert (answer.redirect_chain[0][0], entry.title) == (entry.get_absolute_url(), "The clinic used the data")
    said = [notice.get_text(" ", strip=True) for notice in page_of(answer).select(".messages .notice")]
    assert said == ["“The clinic used the data” was added.", NOT_COUNTED]
    assert (list(sourced(Evidence.objects.all())), told()) == ([], ["evidence_added"])


def test_form_begins_with_today(staff, initiative):
    form = staff.get(address("add", initiative)).context["form"]
    assert form["happened_on"].value() == initiative.today()


def test_everything_typed_is_stored_and_shown(staff, initiative):
    partner = OrganisationFactory(initiative=initiative, name="Riverside Clinic")
    council = TargetAudience.objects.create(initiative=initiative, name="City council")
    mayor = ContactFactory(initiative=initiative, name="Ana Ruiz", organisation=partner)
    fields = typed(
        kind="policy_advocacy", description="They spoke.", made_easier="A room.", people="100 - 150",
        partners=[partner.pk], target_audiences=[council.pk], source_link="https://news.example/a", confirmed_by=mayor.pk,
    )  # fmt: skip
    answer = staff.post(address("add", initiative), fields, follow=True)
    page = page_of(answer).main.get_text(" ", strip=True)
    for words in ("They spoke.", "A room.", "100 to 150 people", "Riverside Clinic", "City council", "Ana Ruiz"):
        assert words in page, words
    assert page_of(answer).find("a", href="https://news.example/a")["rel"] == ["noreferrer"]
    assert "Target audiences advocate for system changes aligned with the goals" in page
    assert NOT_COUNTED not in page


def test_the_form_begins_with_what_an_entry_says_and_saving_it_again_tells_nothing(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    entry = EvidenceFactory(initiative=initiative, partners=[partner], people_least=5, people_most=9, made_easier="X")
    form = staff.get(address("edit", initiative, entry.pk)).context["form"]
    assert (form["people"].value(), form["partners"].value()) == ("5-9", [partner.pk])
    again = typed(title=entry.title, made_easier="X", people="5-9", partners=[partner.pk])
    assert staff.post(address("edit", initiative, entry.pk), again).url == entry.get_absolute_url()
    assert HistoryEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("kind", "", "Choose what kind of thing happened."),
        ("kind", "secret", "Select a valid choice. secret is not one of the available choices."),
        ("title", "", "Write in a few words what happened."),
        ("title", "x" * 301, "Ensure this value has at most 300 characters (it has 301)."),
        ("happened_on", "", "Say on which day it happened."),
        ("happened_on", "2100-01-01", "This day has not come yet. Choose today or an earlier one."),
        ("people", "many", "Write a number of people, such as 120, or two of them, such as 100-150."),
        ("people", "20-10", "The first number is larger than the second. Write the smaller one first."),
        (
            "source_link",
            "javascript:alert(1)",
            "Write the whole address of a page, beginning with https:// or http://.",
        ),
        ("source_link", "ftp://a.example/x", "Write the whole address of a page, beginning with https:// or http://."),
        ("source_link", "data:text/html,x", "Write the whole address of a page, beginning with https:// or http://."),
    ],
)
def test_bad_input_is_shown_beside_what_was_typed_and_nothing_is_written(staff, initiative, field, value, sentence):
    answer = staff.post(address("add", initiative), typed(made_easier="Kept words", **{field: value}))
    assert (answer.status_code, errors_of(answer)) == (200, {field: [sentence]})
    assert page_of(answer).find("textarea", {"name": "made_easier"}).text.strip() == "Kept words"
    assert sentence in page_of(answer).get_text(" ", strip=True)
    assert (Evidence.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_either_a_contact_or_a_name_confirms(staff, initiative):
    contact = ContactFactory(initiative=initiative)
    both = typed(confirmed_by=contact.pk, confirmed_by_other="The mayor")
    answer = staff.post(address("add", initiative), both)
    assert errors_of(answer) == {"confirmed_by_other": ["Choose who confirmed it, or write a name, not both."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFactory(initiative=initiative, confirmed_by=contact, confirmed_by_other="The mayor")
    assert Evidence.objects.count() == 0


def test_choices_hold_neither_foreign_rows_nor_the_backbone_itself(staff, initiative, other_initiative):
    foreign, own = ContactFactory(initiative=other_initiative), ContactFactory(initiative=initiative)
    ContactFactory(initiative=initiative, email=MembershipFactory(initiative=initiative, role=Role.STAFF).user.email)
    form = staff.get(address("add", initiative)).context["form"]
    assert list(form.fields["confirmed_by"].queryset) == [own]
    answer = staff.post(address("add", initiative), typed(confirmed_by=foreign.pk, partners=[foreign.organisation_id]))
    assert sorted(errors_of(answer)) == ["confirmed_by", "partners"]


def test_whoever_confirmed_stays_in_the_choice_after_leaving(staff, initiative):
    gone = ContactFactory(initiative=initiative, left_on=DAY)
    entry = EvidenceFactory(initiative=initiative, confirmed_by=gone)
    assert staff.post(address("edit", initiative, entry.pk), typed(confirmed_by=gone.pk)).status_code == 302
    assert errors_of(staff.post(address("add", initiative), typed(confirmed_by=gone.pk))) != {}


def test_target_audiences_are_asked_where_there_are_any(staff, initiative):
    assert "target_audiences" not in staff.get(address("add", initiative)).context["form"].fields
    TargetAudience.objects.create(initiative=initiative, name="City council")
    assert "target_audiences" in staff.get(address("add", initiative)).context["form"].fields


def test_community_action_may_leave_the_number_of_people_unknown(staff, initiative):
    answer = staff.post(address("add", initiative), typed(kind="community_action"), follow=True)
    assert Evidence.objects.get().people_least is None
    assert "number of people unknown" in page_of(answer).get_text(" ", strip=True)
    assert "0 people" not in page_of(answer).get_text(" ", strip=True)


def test_deleting_takes_it_out_with_a_reason_and_undo_brings_it_back(staff, initiative):
    entry = EvidenceFactory(initiative=initiative)
    answer = staff.post(address("delete", initiative, entry.pk), {"reason": "Twice"}, follow=True)
    undo = reverse("backbone:deleted-restore", args=[initiative.slug, "evidence", entry.pk])
    assert (Evidence.objects.count(), HistoryEntry.objects.get().reason) == (0, "Twice")
    assert page_of(answer).find("form", action=undo) is not None
    assert staff.get(address("delete", initiative, entry.pk)).status_code == 405
    staff.post(undo)
    assert Evidence.objects.get() == entry


def test_list_is_filtered_by_each_of_its_filters(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    spoke = EvidenceFactory(
        initiative=initiative, kind="public_advocacy", title="Spoke on the radio", partners=[partner]
    )
    early = EvidenceFactory(initiative=initiative, happened_on=DAY - datetime.timedelta(days=40), made_easier="A map")
    linked = EvidenceFactory(initiative=initiative, source_link="https://news.example/a")
    cases = [
        ({"kind": "public_advocacy"}, {spoke}),
        ({"partner": partner.pk}, {spoke}),
        ({"sourced": "yes"}, {linked}),
        ({"sourced": "no"}, {spoke, early}),
        ({"since": "2026-10-01"}, {spoke, linked}),
        ({"until": "2026-10-01"}, {early}),
        ({"search": "RADIO spoke"}, {spoke}),
        ({"search": "map"}, {early}),
        ({}, {spoke, early, linked}),
    ]
    for filters, expected in cases:
        rows = staff.get(address("list", initiative), filters).context["rows"]
        assert {row.evidence for row in rows} == expected, filters


def test_list_says_how_many_are_not_counted_and_leads_to_them(staff, initiative):
    EvidenceFactory(initiative=initiative, source_link="https://news.example/a")
    assert "not counted" not in page_of(staff.get(address("list", initiative))).select_one("table").text
    EvidenceFactory.create_batch(2, initiative=initiative)
    page = page_of(staff.get(address("list", initiative)))
    assert "2 entries are not counted yet: add a link, a file, or who confirmed them." in page.get_text(" ", strip=True)
    shown = staff.get(page.find("a", string="Show them")["href"]).context["rows"]
    assert [row.evidence.is_sourced for row in shown] == [False, False]


def test_list_says_what_is_missing_and_what_does_not_match(staff, initiative):
    assert "No evidence yet" in page_of(staff.get(address("list", initiative))).text
    answer = staff.get(address("list", initiative), {"search": "nowhere"})
    assert "No entry fits these filters." in page_of(answer).text


def make_many(initiative, number):
    contact = ContactFactory(initiative=initiative)
    for _time in range(number):
        partners = [contact.organisation, OrganisationFactory(initiative=initiative)]
        EvidenceFactory(initiative=initiative, partners=partners, confirmed_by=contact, people_least=1, people_most=3)


def test_list_costs_the_same_with_one_and_with_more(staff, initiative):
    counts = []
    for number in (1, 2, 30):
        make_many(initiative, number)
        with CaptureQueriesContext(connection) as queries:
            answer = staff.get(address("list", initiative))
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert (answer.context["page"].paginator.count, len(answer.context["rows"])) == (33, 25)


def test_page_names_the_stories_that_use_it_but_none_that_was_deleted(staff, initiative):
    entry = EvidenceFactory(initiative=initiative)
    for title in ("Told", "Withdrawn"):
        entry.stories.add(Story.objects.create(initiative=initiative, title=title, text="x"))
    restoring.delete(row=Story.objects.get(title="Withdrawn"), by=staff.user)
    page = page_of(staff.get(address("detail", initiative, entry.pk))).main.text
    assert ("Told" in page, "Withdrawn" in page) == (True, False)


def test_partner_leads_to_the_evidence_with_it(staff, initiative):
    partner = OrganisationFactory(initiative=initiative)
    page = staff.get(reverse("partners:organisation-detail", args=[initiative.slug, partner.pk])).content.decode()
    assert f'href="{address("list", initiative)}?partner={partner.pk}"' in page


def test_search_finds_entries_for_the_backbone_alone(staff, client_as, initiative):
    EvidenceFactory(initiative=initiative, title="Radio talk", made_easier="The library was asked")
    here = reverse("backbone:search", args=[initiative.slug])
    found = [client.get(here, {"q": "library"}).content.decode() for client in (staff, client_as(Role.COMMITTEE))]
    assert ["Radio talk" in page for page in found] == [True, False]


def test_hostile_words_stay_text(staff, initiative):
    words = dict.fromkeys(["title", "description", "made_easier", "confirmed_by_other"], HOSTILE)
    partner = OrganisationFactory(initiative=initiative, name=HOSTILE)
    entry = entries.add(
        initiative=initiative,
        values={"kind": "data_use", "happened_on": DAY, "partners": [partner]} | words,
        by=staff.user,
    )
    entry.target_audiences.add(TargetAudience.objects.create(initiative=initiative, name=HOSTILE))
    history = reverse("backbone:history-object", args=[initiative.slug, "evidence", entry.pk])
    pages = [address("list", initiative), history, f"{reverse('backbone:search', args=[initiative.slug])}?q=alert"]
    for here in [*pages, *(address(name, initiative, entry.pk) for name in ("detail", "edit"))]:
        page = staff.get(here).content.decode()
        assert (HOSTILE in page, "&lt;script&gt;" in page or "&lt;script&gt;<mark>" in page) == (False, True), here


def test_link_that_no_browser_should_follow_stays_text(staff, initiative):
    entry = EvidenceFactory(initiative=initiative, source_link="javascript:alert(1)")
    for here in (address("list", initiative), address("detail", initiative, entry.pk)):
        page = page_of(staff.get(here))
        assert "javascript:alert(1)" in page.main.text
        assert [link["href"] for link in page.find_all("a") if link["href"].startswith("javascript")] == []


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://www.news.example/2026/a?b", "news.example"),
        ("HTTP://news.example", "news.example"),
        ("https://news.example@other.example/", "other.example"),
        ("https://other.example\\@news.example/", "other.example"),
        ("https://[half", "[half"),
    ],
)
def test_list_names_the_site_that_a_link_leads_to(staff, initiative, link, site):
    EvidenceFactory(initiative=initiative, source_link=link)
    found = page_of(staff.get(address("list", initiative))).find("a", href=link)
    assert found.text == site


def test_entry_added_from_a_filtered_list_begins_with_what_was_filtered(staff, initiative, other_initiative):
    partner, foreign = (OrganisationFactory(initiative=where) for where in (initiative, other_initiative))
    page = page_of(staff.get(address("list", initiative), {"kind": "data_use", "partner": partner.pk}))
    form = staff.get(page.select_one("a.btn-primary")["href"]).context["form"]
    assert (form["kind"].value(), form["partners"].value()) == ("data_use", [partner.pk])
    form = staff.get(address("add", initiative), {"kind": "secret", "partner": foreign.pk}).context["form"]
    assert (form["kind"].value(), form["partners"].value()) == ("", [])


def test_page_says_which_of_the_two_questions_nobody_answered_yet(staff, initiative):
    entry = EvidenceFactory(initiative=initiative)
    here = address("detail", initiative, entry.pk)
    neither = "What partners did, and what the backbone made easier, is not written down yet."
    assert neither in page_of(staff.get(here)).text
    Evidence.objects.update(made_easier="A room")
    page = page_of(staff.get(here)).text
    assert (neither in page, "A room" in page, "Not written down yet." in page) == (False, True, True)
