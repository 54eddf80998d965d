"""Contribution stories: who reads which, what un-shares them, two writers at once, and the pages of the backbone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backbone.actions import stories
from backbone.models import Story, StorySignOff
from backbone.queries.search import found_kinds
from backbone.queries.stories import partners_of, shared_stories
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from tests.backbone.stories import TEXT, TITLE, agree_all, changed, make_story, partner, shared_story
from tests.factories import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
READERS = [Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER]


def address(name, initiative, *arguments):
    return reverse(f"backbone:story-{name}", args=[initiative.slug, *arguments])


def entry(initiative, **fields):
    fields = {"kind": "data_use", "happened_on": "2026-10-01", "title": "Timetable read by district"} | fields
    return initiative.evidence.create(**fields)


@pytest.fixture
def ana(initiative):
    return partner(initiative, "Bus Company")


@pytest.fixture
def ben(initiative):
    return partner(initiative, "School Board")


def typed(*contacts, **fields):
    asked = {f"asked_{contact.organisation_id}": contact.pk for contact in contacts}
    named = {"title": TITLE, "text": TEXT, "partners": [contact.organisation_id for contact in contacts]}
    return named | asked | fields


def test_everybody_reads_what_is_shared_and_only_the_backbone_the_rest(client_as, stranger, initiative, ana):
    draft, shared = make_story(initiative, ana, title="Draft one"), shared_story(initiative, ana)
    for role in Role:
        client = client_as(role)
        titles = {row.story.title for row in client.get(address("list", initiative)).context["rows"]}
        pages = [client.get(address("detail", initiative, story.pk)).status_code for story in (draft, shared)]
        is_backbone = role not in READERS
        assert (titles, pages) == (({"Draft one", TITLE}, [200, 200]) if is_backbone else ({TITLE}, [404, 200]))
    assert stranger.get(address("list", initiative)).status_code == 404


@pytest.mark.parametrize("role", READERS)
def test_readers_see_words_partners_and_day_and_nothing_else(client_as, initiative, ana, role):
    ana.name = "Secret Contact"
    ana.save()
    story = make_story(initiative, ana, evidence=[entry(initiative)])
    sign_off = story.sign_offs.get()
    stories.ask_for_change(sign_off=sign_off, version=1, note="Secret note", contact=ana)
    stories.agree(sign_off=sign_off, version=1, contact=ana)
    StorySignOff.objects.update(note="Secret note")
    stories.share(story=story, by=None)
    page = client_as(role).get(address("detail", initiative, story.pk)).content.decode()
    assert [words in page for words in (TITLE, TEXT, "Bus Company")] == [True] * 3
    hidden = ("Secret note", "Secret Contact", ana.email, "Timetable read", "/history/", "/edit/", "agreed")
    assert [words for words in hidden if words in page] == []


@pytest.mark.parametrize("role", READERS)
def test_readers_may_write_nothing(client_as, initiative, ana, role):
    story, client = shared_story(initiative, ana), client_as(role)
    names = [("add", ()), *((name, (story.pk,)) for name in ("edit", "delete", "ask", "share", "unshare"))]
    names.append(("mail-again", (story.pk, story.sign_offs.get().pk)))
    assert {client.post(address(name, initiative, *keys), typed()).status_code for name, keys in names} == {403}
    assert shared_stories(initiative).exists()


def test_story_of_another_initiative_does_not_exist_here(staff, initiative, other_initiative):
    foreign = make_story(other_initiative, partner(other_initiative, "Elsewhere"))
    posted = [staff.post(address(name, initiative, foreign.pk)).status_code
              for name in ("edit", "delete", "ask", "share", "unshare")]  # fmt: skip
    assert [staff.get(address("detail", initiative, foreign.pk)).status_code, *posted] == [404] * 6


def test_story_is_written_with_its_partners_contacts_and_evidence(staff, initiative, ana, ben):
    other = ContactFactory(initiative=initiative, organisation=ana.organisation)
    fields = typed(ana, ben, evidence=[entry(initiative).pk])
    assert (
        staff.post(address("add", initiative), fields | {f"asked_{ana.organisation_id}": other.pk}).status_code == 302
    )
    story = Story.objects.get()
    assert partners_of(story) == {ana.organisation: other, ben.organisation: ben}
    assert (story.title, story.text, story.version, story.created_by) == (TITLE, TEXT, 1, staff.user)
    told = HistoryEntry.objects.get()
    assert (told.verb, told.by, told.after["partners"]) == (
        "story_added", staff.user, [f"Bus Company ({other})", "School Board (School Board Contact)"]
    )  # fmt: skip


def test_partner_ticked_without_a_contact_is_asked_through_the_lead(staff, initiative, ana):
    ContactFactory(initiative=initiative, organisation=ana.organisation, name="A first one")
    alone = OrganisationFactory(initiative=initiative)
    bounced = partner(initiative, "Wrong Address", reachability="bounced")
    fields = {"title": TITLE, "text": TEXT, "partners": [ana.organisation_id, alone.pk, bounced.organisation_id]}
    staff.post(address("add", initiative), fields)
    assert partners_of(Story.objects.get()) == {ana.organisation: ana, alone: None, bounced.organisation: None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": " "}, "text"),
        ({"title": "x" * 201}, "title"),
        ({"text": "x" * 20_001}, "text"),
        ({"partners": ["9" * 17]}, "partners"),
        ({"evidence": ["x"]}, "evidence"),
    ],
)
def test_bad_input_is_shown_with_what_was_typed_and_nothing_is_written(staff, initiative, ana, changes, field):
    answer = staff.post(address("add", initiative), typed(ana, title="Kept words") | changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    assert ("Kept words" in answer.content.decode()) == (field != "title")
    assert (Story.objects.count(), HistoryEntry.objects.count()) == (0, 0)


def test_rows_of_others_are_not_taken(staff, initiative, other_initiative, ana):
    foreign = partner(other_initiative, "Foreign")
    stranger = ContactFactory(initiative=initiative)
    for changes in (
        {"partners": [foreign.organisation_id]},
        {"evidence": [entry(other_initiative).pk]},
        {f"asked_{ana.organisation_id}": stranger.pk},
        {f"asked_{ana.organisation_id}": foreign.pk},
    ):
        assert staff.post(address("add", initiative), typed(ana) | changes).status_code == 200
    assert Story.objects.count() == 0


def test_story_begins_with_words_and_partners_of_an_entry(staff, initiative, ana):
    grown = entry(initiative, description="They met.", made_easier="We called.")
    grown.partners.add(ana.organisation)
    form = staff.get(f"{address('add', initiative)}?evidence={grown.pk}").context["form"]
    assert (form["title"].value(), form["text"].value()) == ("Timetable read by district", "They met.\n\nWe called.")
    assert (form["partners"].value(), form["evidence"].value()) == ([ana.organisation_id], [grown.pk])
    assert form[f"asked_{ana.organisation_id}"].value() == str(ana.pk)


def test_only_an_entry_of_the_initiative_can_be_grown(staff, initiative, other_initiative):
    gone = entry(initiative)
    restoring.delete(row=gone, by=None)
    keys = [entry(other_initiative).pk, gone.pk, "x", "9" * 60, "٣"]
    assert [staff.get(address("add", initiative), {"evidence": key}).status_code for key in keys] == [404] * 5


def test_other_words_raise_the_version_void_agreements_and_unshare_at_once(initiative, ana):
    story = shared_story(initiative, ana)
    now = changed(story, text="Other words.")
    assert (now.version, now.shared_at, shared_stories(initiative).exists()) == (2, None, False)
    assert stories.share(story=now, by=None) is False
    agree_all(now)
    assert (stories.share(story=now, by=None), shared_stories(initiative).get()) == (True, story)


def test_other_evidence_alone_changes_nothing_for_partners(initiative, ana):
    story = shared_story(initiative, ana)
    now = changed(story, evidence=[entry(initiative)])
    assert (now.version, now.edits, now.shared_at) == (1, 1, story.shared_at)
    assert shared_stories(initiative).get() == story


def test_another_partner_or_another_contact_unshares_until_they_agree(initiative, ana, ben):
    story = shared_story(initiative, ana)
    both = {ana.organisation: ana, ben.organisation: ben}
    now = changed(story, partners=both)
    assert (now.version, now.shared_at, shared_stories(initiative).exists()) == (1, None, False)
    agree_all(now)
    assert stories.share(story=now, by=None)
    now.refresh_from_db()
    other = ContactFactory(initiative=initiative, organisation=ana.organisation)
    now = changed(now, partners=both | {ana.organisation: other})
    assert (now.shared_at, stories.share(story=now, by=None)) == (None, False)
    assert dict(now.sign_offs.values_list("contact", "state")) == {other.pk: "waiting", ben.pk: "agreed"}


def test_story_is_shared_only_when_all_agreed_and_the_page_says_who_is_missing(staff, initiative, ana, ben):
    story = make_story(initiative, ana, ben)
    first = story.sign_offs.get(contact=ana)
    stories.agree(sign_off=first, version=1, contact=ana)
    page = staff.post(address("share", initiative, story.pk), {"version": 1}, follow=True).content.decode()
    assert "Still missing: School Board." in page
    assert Story.objects.get().shared_at is None
    agree_all(story)
    staff.post(address("share", initiative, story.pk), {"version": 1})
    assert shared_stories(initiative).get() == story
    assert HistoryEntry.objects.order_by("-id").first().verb == "story_shared"


def test_story_without_a_partner_is_never_shared(staff, initiative):
    story = make_story(initiative)
    page = staff.post(address("share", initiative, story.pk), {"version": 1}, follow=True).content.decode()
    assert "This story names no partner, so nobody can sign it off" in page
    # Not even if somebody wrote the day into the table.
    Story.objects.update(shared_at="2026-11-01T00:00Z")
    assert not shared_stories(initiative).exists()


def test_words_that_were_not_read_are_not_shared(staff, initiative, ana):
    story = changed(make_story(initiative, ana), text="Other words.")
    agree_all(story)
    for version in ("1", "", "x"):
        page = staff.post(address("share", initiative, story.pk), {"version": version}, follow=True).content.decode()
        assert "The words were changed while you read them." in page
    assert not shared_stories(initiative).exists()


def test_unsharing_keeps_the_agreement_and_sharing_again_needs_no_new_one(staff, initiative, ana):
    story = shared_story(initiative, ana)
    for _ in range(2):
        staff.post(address("unshare", initiative, story.pk))
    assert not shared_stories(initiative).exists()
    assert HistoryEntry.objects.filter(verb="story_unshared").count() == 1
    staff.post(address("share", initiative, story.pk), {"version": 1})
    assert shared_stories(initiative).exists()


def test_two_writers_lose_nothing(staff, director, initiative, ana):
    story = make_story(initiative, ana)
    here = address("edit", initiative, story.pk)
    staff.post(here, typed(ana, text="Theirs", version=0))
    answer = director.post(here, typed(ana, text="Mine", version=0))
    page = answer.content.decode()
    assert (answer.status_code, Story.objects.get().text) == (409, "Theirs")
    assert [words for words in ("Theirs", ">\nMine</textarea>", "Nothing you typed is lost") if words not in page] == []
    again = answer.context["form"]["version"].value()
    assert director.post(here, typed(ana, text="Both", version=again)).status_code == 302
    assert (Story.objects.get().text, Story.objects.get().version) == ("Both", 3)


def test_list_of_partners_saved_meanwhile_is_not_written_over_unseen(staff, director, initiative, ana, ben):
    here = address("edit", initiative, make_story(initiative, ana).pk)
    staff.post(here, typed(ana, ben, version=0))
    assert director.post(here, typed(ana, text="Mine", version=0)).status_code == 409
    assert set(partners_of(Story.objects.get())) == {ana.organisation, ben.organisation}


def test_saving_the_same_twice_is_told_once(staff, initiative, ana):
    here = address("edit", initiative, make_story(initiative, ana).pk)
    for _ in range(2):
        assert staff.post(here, typed(ana, text="New", version=0)).status_code == 302
    assert list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True)) == ["story_added", "story_changed"]


def test_change_far_down_in_a_long_text_is_a_change(initiative, ana):
    story = shared_story(initiative, ana, text="x" * 5_000 + "a")
    assert changed(story, text="x" * 5_000 + "b").version == 2
    assert not shared_stories(initiative).exists()


def test_deleting_is_told_with_a_reason_and_undo_brings_it_back(staff, initiative, ana):
    story = shared_story(initiative, ana)
    staff.post(address("delete", initiative, story.pk), {"reason": "Told twice"})
    told = HistoryEntry.objects.order_by("-id").first()
    assert (shared_stories(initiative).exists(), told.verb, told.reason) == (False, "story_deleted", "Told twice")
    staff.post(reverse("backbone:deleted-restore", args=[initiative.slug, "story", story.pk]))
    assert shared_stories(initiative).get() == story


def test_deleted_entry_of_evidence_is_told_by_no_story(staff, initiative, ana):
    grown = entry(initiative)
    story = make_story(initiative, ana, evidence=[grown])
    here = address("detail", initiative, story.pk)
    assert "Timetable read" in staff.get(here).content.decode()
    restoring.delete(row=grown, by=None)
    assert "Timetable read" not in staff.get(here).content.decode()


def test_list_is_filtered_by_state_and_words(staff, client_as, initiative, ana, ben):
    draft = make_story(initiative, ana, title="Draft")
    asked = make_story(initiative, ana, title="Asked")
    asked.sign_offs.update(mail="sent", mail_version=1)
    refused = make_story(initiative, ana, ben, title="Refused")
    stories.ask_for_change(sign_off=refused.sign_offs.get(contact=ben), version=1, note="No", contact=ben)
    ready, shared = make_story(initiative, ana, title="Ready"), shared_story(initiative, ana, text="needle in hay")
    agree_all(ready)
    cases = [("draft", draft), ("asked", asked), ("refused", refused), ("ready", ready), ("shared", shared)]
    for state, story in cases:
        rows = staff.get(address("list", initiative), {"state": state}).context["rows"]
        assert [row.story for row in rows] == [story], state
    assert [row.story for row in staff.get(address("list", initiative), {"search": "NEEDLE"}).context["rows"]] == [
        shared
    ]
    answer = client_as(Role.FUNDER).get(address("list", initiative), {"state": "draft"})
    assert [row.story for row in answer.context["rows"]] == [shared]
    assert list(answer.context["form"].fields) == ["search"]


def test_search_finds_all_for_the_backbone_and_shared_ones_for_others(client_as, initiative, ana):
    make_story(initiative, ana, title="Hidden dawn")
    shared_story(initiative, ana, title="Shared dawn")
    found = {}
    for role in (Role.STAFF, Role.FUNDER):
        kinds = found_kinds(client_as(role).user.memberships.get(), ["dawn"])
        found[role] = sorted("".join(piece for piece, _hit in row.title) for kind in kinds for row in kind.rows)
    assert found == {Role.STAFF: ["Hidden dawn", "Shared dawn"], Role.FUNDER: ["Shared dawn"]}


@pytest.mark.parametrize("role", [Role.STAFF, Role.FUNDER])
def test_list_costs_the_same_with_one_and_three(client_as, initiative, ana, ben, role):
    client, counts = client_as(role), []
    for number in (1, 2):
        for _ in range(number):
            shared_story(initiative, ana, ben)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("list", initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_hostile_words_stay_text(staff, client_as, initiative):
    contact = partner(initiative, HOSTILE, email="x@partner.example")
    story = shared_story(initiative, contact, title=HOSTILE, text=HOSTILE)
    StorySignOff.objects.update(note=HOSTILE, mail_problem=HOSTILE, mail="failed", mail_version=1)
    funder = client_as(Role.FUNDER)
    addresses = [
        address("list", initiative),
        *(address(name, initiative, story.pk) for name in ("detail", "edit", "ask")),
    ]
    addresses.append(reverse("backbone:history-object", args=[initiative.slug, "story", story.pk]))
    pages = [staff.get(each).content.decode() for each in addresses]
    pages += [funder.get(each).content.decode() for each in addresses[:2]]
    assert {(HOSTILE in page, "&lt;script&gt;" in page) for page in pages} == {(False, True)}


def test_empty_states_tell_the_next_step(staff, client_as, initiative):
    page = staff.get(address("list", initiative)).content.decode()
    assert ("A story grows out of evidence" in page, address("add", initiative) in page) == (True, True)
    page = client_as(Role.FUNDER).get(address("list", initiative)).content.decode()
    assert ("once their partners have agreed" in page, address("add", initiative) in page) == (True, False)
    assert "Nothing matches" in staff.get(address("list", initiative), {"search": "x"}).content.decode()
