"""Before each of its partners agreed to its words and somebody shared it, a story is nowhere outside the backbone: on no page, in
no file, in no search, on nobody else's own page, in nobody else's mail. Shared, every role finds it on the story pages."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone.actions import stories
from backbone.models import Evidence, MeetingMail, Story
from backbone.queries.stories import partners_of
from backbone.tasks import sweep
from backbone.tokens import own_page_token, story_token
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission, Role
from partners.models import Group
from tests.architecture.doors import routes
from tests.architecture.rows import FOREIGN_KEY, make_every_row
from tests.architecture.test_foreign_rows import address
from tests.backbone.follow_ups import ActionItemFactory
from tests.backbone.stories import agree_all, changed, make_story, partner
from tests.conftest import client_of
from tests.factories import ContactFactory, MembershipFactory, SeatFactory, UserFactory
from tests.security.world import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OUTSIDE = [role for role in Role if Permission.EVIDENCE_VIEW not in PERMISSIONS_OF_ROLE[role]]
TITLE, TEXT, NOTE, ENTRY = "Quixotic lighthouse", "Kaleidoscope at dawn", "Obstinate walrus", "Marmalade entry"
LATER = "Ambidextrous teapot"
WORDS = [TITLE, TEXT, LATER]
# What no reader is ever shown, shared or not.
NEVER = [NOTE, ENTRY]
HIDDEN_STATES = ["draft", "asked", "one agreed", "all agreed", "changed", "taken back", "change asked", "deleted"]


@pytest.fixture(autouse=True)
def morning(monkeypatch, settings):
    """Ten in the morning, when mails leave."""
    settings.EMAIL_BACKEND, settings.MAIL_PER_SECOND = "django.core.mail.backends.locmem.EmailBackend", 0
    today = datetime.datetime.now(datetime.UTC).replace(hour=10, minute=0)
    monkeypatch.setattr(timezone, "now", lambda: today)


@pytest.fixture
def world(initiative):
    """A row of every table, the story among them, with two partners who are asked."""
    rows = make_every_row(initiative)
    Evidence.objects.update(title=ENTRY)
    # To nobody: a row that the product never makes.
    MeetingMail.objects.all().delete()
    people = [partner(initiative, name) for name in ("Bus Company", "School Board")]
    story = changed(
        rows[Story],
        title=TITLE,
        text=TEXT,
        evidence=[rows[Evidence]],
        partners={person.organisation: person for person in people},
    )
    HistoryEntry.objects.filter(object_kind="backbone.story").exclude(verb="story_changed").delete()
    story.people, story.group = people, rows[Group]
    return story


def states(story):
    """Take the story from state to state; yields the name of each. Then it is as whoever is outside would see it."""
    ana, by = story.people[0], UserFactory()
    yield "draft"
    assert stories.ask(story=story, by=by) == 2
    sweep()
    yield "asked"
    sign_off = story.sign_offs.get(contact=ana)
    assert stories.agree(sign_off=sign_off, version=story.version, contact=ana)
    yield "one agreed"
    agree_all(story)
    yield "all agreed"
    assert stories.share(story=story, by=by)
    yield "shared"
    story.__dict__.update(changed(story, text=LATER).__dict__)
    yield "changed"
    agree_all(story)
    assert stories.share(story=story, by=by)
    assert stories.take_back(sign_off=sign_off, contact=ana)
    yield "taken back"
    assert stories.ask_for_change(sign_off=sign_off, version=story.version, note=NOTE, contact=ana)
    yield "change asked"
    agree_all(story)
    assert stories.share(story=story, by=by)
    assert restoring.delete(row=Story.objects.get(pk=story.pk), by=by)
    yield "deleted"


def member(story, role):
    """Somebody of that role with a seat in the group, so that its pages open."""
    membership = MembershipFactory(initiative=story.initiative, role=role)
    contact = ContactFactory(initiative=story.initiative, email=membership.user.email)
    SeatFactory(group=story.group, holder=contact, starts_on=datetime.date(2020, 1, 1))
    return client_of(membership.user)


def story_pages(initiative):
    """Where the words are once they are shared."""
    here, found = reverse("backbone:story-list", args=[initiative.slug]), f"/i/{initiative.slug}/search/?q="
    words = TEXT.split()[0]
    return [here, f"{here}{FOREIGN_KEY}/", f"{here}?search={words}", f"{found}{words}", f"{found}{words}&in=stories"]


def all_addresses(initiative):
    inside = [address(route, initiative.slug, FOREIGN_KEY) for route in routes() if route.is_inside]
    here = f"/i/{initiative.slug}"
    kinds = [f"{here}/history/{kind}/{FOREIGN_KEY}/" for kind in ("story", "evidence", "storysignoff")]
    more = [
        f"{here}/stories/?state=draft",
        f"{here}/search/?q={LATER.split()[0]}",
        f"{here}/search/?q={TITLE.split()[0]}",
    ]
    more += [f"{here}/stories/new/?evidence={FOREIGN_KEY}", f"{here}/stories/?search={LATER.split()[0]}"]
    return list(dict.fromkeys([*inside, *kinds, *more, *story_pages(initiative)]))


def telling(client, addresses, words):
    """The addresses at which any of the words stands, in whatever answer comes, refusals among them."""
    return sorted(each for each in addresses if any(word in text_of(client.get(each)) for word in words))


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_page_file_or_search_of_a_role_outside_tells_of_it_until_it_is_shared(world, role):
    client, seen = member(world, role), []
    statuses = {each: client.get(each).status_code for each in all_addresses(world.initiative)}
    assert telling(client, [each for each, status in statuses.items() if status == 403], [*WORDS, *NEVER]) == []
    # What the role may not open, and what takes no GET, answers the same in every state.
    everywhere = [each for each, status in statuses.items() if status not in (403, 405)]
    assert len(everywhere) > 10
    for state in states(world):
        found = telling(client, everywhere, [*WORDS, *NEVER])
        if state == "shared":
            pages = story_pages(world.initiative)
            assert set(found) >= set(pages), (role, state)
            assert {each.split("?")[0] for each in found} == {each.split("?")[0] for each in pages}
            assert telling(client, found, NEVER) == []
        else:
            assert found == [], (role, state)
            seen.append(state)
    assert seen == HIDDEN_STATES


def test_strangers_and_the_signed_out_read_it_nowhere_not_even_shared(world, stranger):
    everywhere = all_addresses(world.initiative) + [
        f"/{route.path}".replace("<str:token>", "x" * 32)
        .replace("<int:pk>", str(FOREIGN_KEY))
        .replace("<int:number>", "1")
        for route in routes()
        if not route.is_inside
    ]
    for state in states(world):
        if state in ("all agreed", "shared"):
            assert [telling(client, everywhere, [*WORDS, *NEVER]) for client in (stranger, Client())] == [[], []], state


def test_pages_of_other_partners_and_mails_of_anybody_else_do_not_tell_of_it(world):
    initiative = world.initiative
    other = partner(initiative, "Library")
    ActionItemFactory(initiative=initiative, owner_contact=other, due_on=initiative.today())
    elsewhere = make_story(initiative, other, title="Another story", text="Of the library").sign_offs.get()
    for role in Role:
        MembershipFactory(initiative=initiative, role=role)
    own = [f"/own/{own_page_token(contact)}/" for contact in (other, *world.people)]
    own += [f"/story/{story_token(elsewhere)}/"]
    theirs = {contact.email for contact in world.people}
    for state in states(world):
        assert telling(Client(), own, [*WORDS, *NEVER]) == [], state
        sweep()
        told = {address for each in mail.outbox for address in each.to if _tells(each)}
        assert told <= theirs, state
    # There were mails to people who are not asked, and the asked were told which story it is.
    assert {address for each in mail.outbox for address in each.to} > theirs
    assert told == theirs


def _tells(message):
    content = message.message().as_bytes().decode("utf-8", "replace") + message.subject + message.body
    return any(word in content for word in [*WORDS, *NEVER])


def test_link_of_the_asked_partner_tells_the_words_alone_and_nothing_that_is_the_backbones(world):
    for state in states(world):
        sign_off = world.sign_offs.get(contact=world.people[1])
        page = Client().get(f"/story/{story_token(sign_off)}/").content.decode()
        assert any(word in page for word in WORDS) == (state != "deleted")
        assert [word for word in NEVER if word in page] == [], state
    assert set(partners_of(world)) == {person.organisation for person in world.people}
