"""Signing a story off by a mailed link: what it opens, what it never does, and whose words are agreed to."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from backbone.actions import stories
from backbone.models import Story, StorySignOff
from backbone.queries.stories import shared_stories
from backbone.tokens import own_page_token, stop_token, story_token
from core.logs import mask_links
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from partners.actions import contacts
from surveys import tokens
from surveys.tokens import survey_token
from tests.backbone.stories import TEXT, TITLE, agree_all, changed, make_story, partner, shared_story
from tests.factories import ContactFactory, UserFactory
from tests.security.test_races import while_waiting
from tests.security.world import differences, every_row

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
GONE = "There is nothing to sign off here any more"


@pytest.fixture
def ana(initiative):
    return partner(initiative, "Bus Company", name="Ana Ruiz", email="ana@bus.example")


@pytest.fixture
def ben(initiative):
    return partner(initiative, "School Board")


@pytest.fixture
def story(initiative, ana, ben):
    return make_story(initiative, ana, ben)


def sign_off_of(story, contact):
    return story.sign_offs.select_related("contact").get(contact=contact)


def link(story, contact, rest=""):
    return f"/story/{story_token(sign_off_of(story, contact))}/{rest}"


def verbs():
    return list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True))


def test_page_shows_words_partners_who_asks_and_where_it_may_appear(client, story, ana):
    story.sign_offs.update(asked_by=UserFactory(name="Kim Backbone"))
    page = client.get(link(story, ana)).content.decode()
    shown = (TITLE, TEXT, "Bus Company", "School Board", "Kim Backbone", "Bright Futures", "Ana Ruiz",
             "its committee and its funders")  # fmt: skip
    assert [words for words in shown if words not in page] == []
    assert ("School Board Contact" in page, "@" in page) == (False, False)


def test_page_needs_no_account_and_no_script(client, story, ana):
    page = client.get(link(story, ana)).content.decode()
    assert page.count("<details") == 2
    assert page.count('<form class="confirm-body" method="post"') == 2


def test_agreeing_is_noted_once_with_the_words_that_were_read(client, story, ana):
    for _ in range(2):
        answer = client.post(link(story, ana, "agree/"), {"version": "1"})
        assert answer.url == link(story, ana) + "?language=en&said=agreed"
    sign_off = sign_off_of(story, ana)
    assert (sign_off.state, sign_off.answered_version) == ("agreed", 1)
    entry = HistoryEntry.objects.order_by("-id").first()
    assert (verbs(), entry.by, entry.reason) == (["story_added", "story_agreed"], None, "Ana Ruiz <ana@bus.example>")
    page = client.get(answer.url).content.decode()
    assert ("Your agreement was noted." in page, "Take my agreement back" in page, "Agree now" in page) == (
        True, True, False
    )  # fmt: skip


def test_page_says_who_reads_it_now_and_nothing_that_was_not_done(client, initiative, ana):
    story = make_story(initiative, ana)
    page = client.get(link(story, ana), {"said": "agreed"}).content.decode()
    assert ("Now: only the backbone team" in page, "was noted" in page) == (True, False)
    agree_all(story)
    stories.share(story=story, by=None)
    page = client.get(link(story, ana)).content.decode()
    assert ("Now: only the backbone team" in page, "It has been shared since" in page) == (False, True)


@pytest.mark.parametrize("version", ["", "1", "3", "x", "-2", "9" * 40, "²"])
def test_words_that_changed_meanwhile_are_not_agreed_to_and_the_new_ones_are_shown(client, story, ana, version):
    changed(story, text="Quite other words.")
    answer = client.post(link(story, ana, "agree/"), {"version": version}, follow=True)
    page = answer.content.decode()
    assert ("so nothing was noted" in page, "Quite other words." in page, TEXT in page) == (True, True, False)
    assert sign_off_of(story, ana).state == "waiting"
    assert "story_agreed" not in verbs()


def test_change_is_asked_for_with_the_words_of_the_partner(client, story, ana):
    answer = client.post(link(story, ana, "change/"), {"version": "1", "note": "We began\r\nin <May>.\x07"})
    sign_off = sign_off_of(story, ana)
    assert (answer.status_code, sign_off.state, sign_off.note) == (302, "change_asked", "We began\nin <May>.")
    page = client.get(answer.url).content.decode()
    assert ("you asked for a change" in page, "in &lt;May&gt;." in page, "Agree now" in page) == (True, True, True)


@pytest.mark.parametrize("note", ["", "  ", "x" * 1_001, "nul\x00"])
def test_note_that_is_refused_is_kept_and_nothing_is_written(client, story, ana, note):
    before = every_row()
    answer = client.post(link(story, ana, "change/"), {"version": "1", "note": note})
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"].count("no-store")) == (200, 1)
    assert "invalid-feedback" in page
    assert note.strip().replace("\x00", "") in page
    assert differences(before, every_row()) == []


def test_note_about_words_that_changed_is_kept_beside_the_new_ones(client, story, ana):
    changed(story, text="Quite other words.")
    answer = client.post(link(story, ana, "change/"), {"version": "1", "note": "About the old ones"})
    page = answer.content.decode()
    assert (answer.status_code, sign_off_of(story, ana).state) == (409, "waiting")
    shown = ("About the old ones", "Quite other words.", "so nothing was noted", 'name="version" value="2"')
    assert [words for words in shown if words not in page] == []


def test_agreement_taken_back_unshares_at_once(client, initiative, ana, ben):
    story = shared_story(initiative, ana, ben)
    answer = client.post(link(story, ana, "take-back/"))
    assert (shared_stories(initiative).exists(), Story.objects.get().shared_at) == (False, None)
    assert "Your agreement was taken back." in client.get(answer.url).content.decode()
    client.post(link(story, ana, "take-back/"))
    assert verbs()[-2:] == ["story_shared", "story_taken_back"]
    # Agreeing again does not share it by itself.
    client.post(link(story, ana, "agree/"), {"version": "1"})
    assert (sign_off_of(story, ana).state, shared_stories(initiative).exists()) == ("agreed", False)


def test_change_asked_for_after_agreeing_unshares_too(client, initiative, ana):
    story = shared_story(initiative, ana)
    client.post(link(story, ana, "change/"), {"version": "1", "note": "Not like this"})
    assert (shared_stories(initiative).exists(), Story.objects.get().shared_at) == (False, None)


def test_looking_with_every_method_that_must_not_act_changes_nothing(client, initiative, story, ana, ben):
    agree_all(story)
    other = make_story(initiative, ana)
    before = every_row()
    addresses = [link(each, ana, rest) for each in (story, other) for rest in ("", "agree/", "change/", "take-back/")]
    answers = {client.generic(method, each).status_code for method in ("GET", "HEAD", "OPTIONS") for each in addresses}
    assert answers <= {200, 405}
    assert differences(before, every_row()) == []


@pytest.mark.parametrize("state", ["waiting", "agreed", "change_asked"])
def test_scanner_that_follows_every_link_of_the_page_changes_nothing(client, story, ana, state):
    story.sign_offs.exclude(state=state).update(state=state, answered_version=1, answered_at=timezone.now())
    if state == "waiting":
        story.sign_offs.update(answered_version=None, answered_at=None)
    before, here = every_row(), link(story, ana)
    page = client.get(here).content.decode()
    found = {address for address in re.findall(r'(?:href|action)="([^"#]+)"', page) if "/static/" not in address}
    assert len(found) > 4
    for address in found:
        for method in ("get", "head"):
            getattr(client, method)(address if address.startswith("/") else here + address)
    assert differences(before, every_row()) == []


def test_every_wrong_token_gets_the_same_page(client, story, ana):
    good = story_token(sign_off_of(story, ana))
    number = sign_off_of(story, ana).pk
    wrong = [good[:-1] + ("A" if good[-1] != "A" else "B"), good[:-1], "x" * 32, good + "=", own_page_token(ana),
             stop_token(ana), survey_token(number, 1), tokens.make(b"own-page", number, 1),
             tokens.make(b"story-sign-off", number, ana.link_version + 1)]  # fmt: skip
    pages = {(answer.status_code, answer.content) for token in wrong for answer in [client.get(f"/story/{token}/")]}
    assert (len(pages), {status for status, _page in pages}) == (1, {404})
    assert {client.post(f"/story/{token}/agree/", {"version": "1"}).status_code for token in wrong} == {404}
    assert client.get(f"/own/{good}/").status_code == 404


def test_link_opens_one_story_of_one_partner_alone(client, story, ana, ben, other_initiative):
    foreign = make_story(other_initiative, partner(other_initiative, "Elsewhere"), title="Told elsewhere")
    client.post(link(story, ana, "agree/"), {"version": "1"})
    assert list(StorySignOff.objects.filter(state="agreed")) == [sign_off_of(story, ana)]
    assert "Told elsewhere" not in client.get(link(story, ana)).content.decode()
    assert foreign.sign_offs.get().state == "waiting"


def test_closed_and_changed_addresses_close_the_link(client, director, story, ana):
    old = link(story, ana)
    ana = contacts.renew_link(contact=ana, by=director.user)
    assert [client.get(old).status_code, client.get(link(story, ana)).status_code] == [404, 200]
    old = link(story, ana)
    ana = contacts.change(contact=ana, values={"email": "new@partner.example"}, by=director.user)
    assert [client.get(old).status_code, client.get(link(story, ana)).status_code] == [404, 200]


def test_taken_out_asked_through_another_or_deleted_says_so_plainly(client, initiative, story, ana, ben):
    first, second = link(story, ana), link(story, ben)
    other = ContactFactory(initiative=initiative, organisation=ben.organisation)
    changed(story, partners={ben.organisation: other})
    restoring.delete(row=story, by=None)
    for address in (first, second, link(story, other)):
        answer = client.get(address)
        assert (answer.status_code, GONE in answer.content.decode()) == (404, True)
        assert TITLE not in answer.content.decode()
        assert client.post(address + "agree/", {"version": "1"}).status_code == 404
    restoring.restore(row=story, by=None)
    assert client.get(link(story, other)).status_code == 200


def test_who_left_or_works_elsewhere_now_signs_nothing_off(client, initiative, story, ana, ben):
    here, there = link(story, ana), link(story, ben)
    type(ana).objects.filter(pk=ana.pk).update(left_on=timezone.now().date() - datetime.timedelta(days=1))
    type(ben).objects.filter(pk=ben.pk).update(organisation=ana.organisation, is_lead=False)
    assert "You no longer take part" in client.get(here).content.decode()
    assert GONE in client.get(there).content.decode()
    for address in (here, there):
        client.post(address + "agree/", {"version": "1"})
    assert not StorySignOff.objects.exclude(state="waiting").exists()


def test_answers_for_a_partner_taken_out_meanwhile_write_nothing(story, ana, ben):
    stale = sign_off_of(story, ana)
    changed(story, partners={ben.organisation: ben})
    assert stories.agree(sign_off=stale, version=1, contact=ana) is False
    assert stories.ask_for_change(sign_off=stale, version=1, note="No", contact=ana) is False
    assert stories.agree(sign_off=sign_off_of(story, ben), version=1, contact=ana) is False
    assert not StorySignOff.objects.exclude(state="waiting").exists()


def test_page_is_kept_quoted_framed_and_indexed_nowhere(client, story, ana):
    for address in (link(story, ana), f"/story/{'x' * 32}/", link(story, ana, "agree/")):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow")
        assert answer["X-Frame-Options"] == "DENY"
    assert story_token(sign_off_of(story, ana)) not in mask_links(f"GET {link(story, ana, 'agree/')} 302")


def test_page_speaks_the_language_of_the_contact_and_of_the_switch(client, story, ana):
    type(ana).objects.update(language="ar")
    assert 'lang="ar" dir="rtl"' in client.get(link(story, ana)).content.decode()
    assert 'lang="en"' in client.get(link(story, ana), {"language": "en"}).content.decode()
    assert client.get(link(story, ana), {"language": '"><script>'}).status_code == 200
    answer = client.post(link(story, ana, "agree/?language=es"), {"version": "1"})
    assert answer.url.endswith("?language=es&said=agreed")


def test_forms_want_the_form_token(story, ana):
    strict = Client(enforce_csrf_checks=True)
    for rest in ("agree/", "change/", "take-back/"):
        assert strict.post(link(story, ana, rest), {"version": "1", "note": "x"}).status_code == 403
    assert sign_off_of(story, ana).state == "waiting"


def test_hostile_words_stay_text(client, initiative):
    contact = partner(initiative, HOSTILE, email="x@partner.example")
    story = make_story(initiative, contact, title=HOSTILE, text=HOSTILE)
    story.sign_offs.update(asked_by=UserFactory(name=HOSTILE))
    client.post(link(story, contact, "change/"), {"version": "1", "note": HOSTILE})
    for query in ({}, {"said": HOSTILE}):
        assert HOSTILE not in client.get(link(story, contact), query).content.decode()


def test_contacts_who_are_deleted_take_no_agreement_along(initiative, ana):
    story = shared_story(initiative, ana)
    here = link(story, ana)
    ana.delete()
    assert (shared_stories(initiative).get(), Client().get(here).status_code) == (story, 404)


@pytest.mark.django_db(transaction=True)
def test_words_changed_in_the_same_moment_are_never_agreed_to_unseen(story, ana, ben):
    sign_off = sign_off_of(story, ana)
    agreed = while_waiting(
        lambda: changed(story, text="Quite other words."),
        lambda: stories.agree(sign_off=sign_off, version=1, contact=ana),
    )
    assert (agreed, sign_off_of(story, ana).state) == (False, "waiting")


@pytest.mark.django_db(transaction=True)
def test_agreeing_while_somebody_changes_the_words_holds_for_what_was_read(story, ana, ben):
    sign_off = sign_off_of(story, ana)
    while_waiting(
        lambda: stories.agree(sign_off=sign_off, version=1, contact=ana),
        lambda: changed(story, text="Quite other words."),
    )
    story.refresh_from_db()
    assert (story.version, sign_off_of(story, ana).answered_version) == (2, 1)
    assert stories.share(story=story, by=None) is False


@pytest.mark.django_db(transaction=True)
def test_story_is_not_shared_while_a_partner_takes_their_agreement_back(initiative, story, ana, ben):
    agree_all(story)
    sign_off = sign_off_of(story, ana)
    shared = while_waiting(
        lambda: stories.take_back(sign_off=sign_off, contact=ana), lambda: stories.share(story=story, by=None)
    )
    assert (shared, shared_stories(initiative).exists()) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_story_whose_words_change_in_the_same_moment_is_not_shared(initiative, story, ana, ben):
    agree_all(story)
    shared = while_waiting(lambda: changed(story, text="Other."), lambda: stories.share(story=story, by=None))
    assert (shared, shared_stories(initiative).exists()) == (False, False)


def test_days_on_the_page_are_those_of_the_initiative(client, story, ana):
    type(story.initiative).objects.filter(pk=story.initiative.pk).update(time_zone="Pacific/Auckland")
    assert stories.agree(sign_off=sign_off_of(story, ana), version=story.version, contact=ana)
    evening = datetime.datetime(2026, 11, 4, 20, tzinfo=datetime.UTC)
    StorySignOff.objects.filter(contact=ana).update(answered_at=evening)
    said = client.get(link(story, ana)).content.decode()
    assert "You agreed to these words on 5 November 2026." in said
