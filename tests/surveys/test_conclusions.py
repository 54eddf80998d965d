""" "What you said, what we do": written by staff, published by a director, and mailed once to everyone who was asked."""

import pytest
from django.core import mail
from django.utils import timezone

from partners.models import Contact
from surveys.actions import conclusions as actions
from surveys.actions.closing import close_round
from surveys.actions.plans import tell_of_draft
from surveys.actions.rounds import RoundRefused
from surveys.models import Conclusion, Invitation, Mailing, Round, RoundText
from surveys.plain_text import Block, blocks
from surveys.queries.conclusions import recipients, texts_of, untold_before
from surveys.queries.messages import RoundMessages
from surveys.queries.rounds import work_on_rounds
from surveys.queries.sending import due_mailings
from surveys.tokens import survey_token
from tests.surveys.closing_rounds import agrees, open_round, plain_roster, small_version
from tests.surveys.factories import RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(initiative):
    made = open_round(plain_roster(initiative, 8), [*agrees(6, 7), None])
    close_round(round_id=made.pk)
    return Round.objects.get(pk=made.pk)


def page_of(round, rest="conclusion/"):
    return f"/i/{round.initiative.slug}/rounds/{round.pk}/{rest}"


def form(version=0, **texts):
    return {"version": version, "text_en": "", "text_es": "", "text_fr": ""} | texts


def saved(round):
    return texts_of(Conclusion.objects.filter(round=round).first())


def write(round, version=0, **texts):
    return actions.write(round=round, version=version, texts=texts or {"en": "We heard you."}, by=None)


def publish(round, *, tells, version=1):
    actions.publish(round=round, version=version, digest=recipients(round).digest, tells=tells, by=None)


def test_staff_write_and_history_keeps_what_was_there(staff, round):
    staff.post(page_of(round), form(text_en="One\r\n\r\n- two", text_fr="Un"))
    answer = staff.post(page_of(round), form(1, text_en="One"))
    assert (answer.status_code, saved(round)) == (302, {"en": "One"})
    entries = round.initiative.history.filter(verb="round.conclusion_written").order_by("pk")
    assert [entry.before for entry in entries] == [{}, {"en": "One\n\n- two", "fr": "Un"}]


def test_preview_saves_nothing(staff, round):
    page = staff.post(page_of(round), form(text_en="Soon\n- one") | {"preview": "yes"})
    assert (page.status_code, saved(round)) == (200, {})
    assert "<p>Soon</p><ul><li>one</li></ul>" in page.content.decode()


def test_other_persons_words_are_shown_beside_and_not_overwritten(staff, director, round):
    director.post(page_of(round), form(text_en="The director's"))
    page = staff.post(page_of(round), form(text_en="The staff's"))
    text = page.content.decode()
    assert (page.status_code, saved(round)) == (409, {"en": "The director's"})
    assert ("<p>The director&#x27;s</p>" in text, "The staff&#x27;s</textarea>" in text) == (True, True)
    assert staff.post(page_of(round), form(1, text_en="Both")).status_code == 302
    assert saved(round) == {"en": "Both"}


def test_too_long_a_text_is_shown_again_and_nothing_written(staff, round):
    page = staff.post(page_of(round), form(text_en="x" * 10_001))
    assert (page.status_code, saved(round)) == (200, {})
    assert "10000" in page.content.decode()


@pytest.mark.parametrize("rest", ["conclusion/", "conclusion/publish/", "conclusion/tell/"])
def test_roles_strangers_and_foreign_rounds(committee_member, stranger, director, round, other_initiative, rest):
    foreign = RoundFactory(initiative=other_initiative, state="closed")
    assert committee_member.post(page_of(round, rest)).status_code == 403
    assert stranger.post(page_of(round, rest)).status_code == 404
    assert director.post(f"/i/bright-futures/rounds/{foreign.pk}/{rest}").status_code == 404
    assert Conclusion.objects.count() == 0


def test_staff_prepare_and_only_a_director_publishes(staff, director, round):
    write(round)
    data = {"version": 1, "digest": recipients(round).digest, "tell": "nobody"}
    assert staff.post(page_of(round, "conclusion/publish/"), data).status_code == 403
    director.post(page_of(round, "conclusion/publish/"), data)
    conclusion = Conclusion.objects.get()
    assert (conclusion.published_at is None, conclusion.told_at, Mailing.objects.count()) == (False, None, 0)


@pytest.mark.parametrize("state", ["draft", "open", "closing", "cancelled"])
def test_round_that_is_not_closed_takes_no_text(staff, round, state):
    Round.objects.update(state=state)
    round.refresh_from_db()
    assert staff.get(page_of(round)).url == round.get_absolute_url()
    with pytest.raises(RoundRefused):
        write(round)


def test_publishing_needs_the_default_language_and_the_text_that_was_read(round):
    write(round, fr="Bien entendu")
    with pytest.raises(RoundRefused, match="Write the text in English first"):
        publish(round, tells=False)
    write(round, 1, en="We heard you.")
    with pytest.raises(RoundRefused, match="Since you looked"):
        publish(round, tells=False, version=1)
    publish(round, tells=False, version=2)
    with pytest.raises(RoundRefused, match="Write the text in English first"):
        write(round, 2, fr="Bien entendu")


def test_everyone_invited_is_told_once_but_those_who_left_or_want_none(round, django_capture_on_commit_callbacks):
    invited = list(round.invitations.order_by("pk"))
    for invitation, state in zip(invited, ["opted_out", "bounced", "left", "withdrawn"], strict=False):
        Invitation.objects.filter(pk=invitation.pk).update(state=state)
    Contact.objects.filter(pk=invited[4].contact_id).update(reachability=Contact.Reachability.OPTED_OUT)
    Contact.objects.filter(pk=invited[5].contact_id).update(left_on=round.initiative.today())
    write(round)
    publish(round, tells=True)
    assert [actions.queue_results(round_id=round.pk) for _time in range(2)] == [True, False]
    told = round.mailings.filter(kind=Mailing.Kind.RESULTS).order_by("pk")
    assert list(told.values_list("invitation", flat=True)) == [invited[6].pk, invited[7].pk]
    with pytest.raises(RoundRefused, match="nobody is told twice"):
        actions.tell(round=round, digest=recipients(round).digest, by=None)


def test_nobody_joins_the_list_after_it_was_looked_at(round):
    first = round.invitations.first()
    Invitation.objects.filter(pk=first.pk).update(state="opted_out")
    write(round)
    publish(round, tells=True)
    Invitation.objects.filter(pk=first.pk).update(state="finished")
    actions.queue_results(round_id=round.pk)
    assert first.pk not in set(round.mailings.values_list("invitation", flat=True))
    assert round.mailings.count() == 7


def test_list_that_changed_since_is_refused_and_the_text_stays_a_draft(director, round):
    write(round)
    data = {"version": 1, "digest": recipients(round).digest, "tell": "everyone"}
    Invitation.objects.filter(pk=round.invitations.first().pk).update(state="opted_out")
    director.post(page_of(round, "conclusion/publish/"), data)
    assert Conclusion.objects.get().published_at is None
    assert Mailing.objects.count() == 0


def test_who_opts_out_before_the_mail_leaves_gets_none(round):
    write(round)
    publish(round, tells=True)
    actions.queue_results(round_id=round.pk)
    Invitation.objects.filter(pk=round.invitations.first().pk).update(state="opted_out")
    round.mailings.update(due_at=timezone.now())
    assert due_mailings(round.pk, now=timezone.now()).count() == 7


def test_page_says_how_many_get_the_mail_and_no_more_once_they_have(director, round):
    write(round)
    assert "Publish and tell everyone (8 mails)" in director.get(page_of(round)).content.decode()
    publish(round, tells=False)
    assert "Tell 8 people" in director.get(page_of(round)).content.decode()
    director.post(page_of(round, "conclusion/tell/"), {"digest": recipients(round).digest})
    page = director.get(page_of(round)).content.decode()
    assert ("8 people were told by mail" in page, "conclusion/tell/" in page) == (True, False)


def test_mail_leads_to_the_results_and_out_of_further_mails(round):
    write(round)
    publish(round, tells=True)
    actions.queue_results(round_id=round.pk)
    mailing = round.mailings.select_related("invitation").first()
    content = RoundMessages(round).content_for(mailing).decode().replace("=\r\n", "")
    token = survey_token(mailing.invitation_id, mailing.invitation.link_version)
    assert f"/s/{token}/results/" in content
    assert "List-Unsubscribe: <" in content
    assert "Subject: results for" in content


def test_sweep_finds_who_was_not_queued(round):
    write(round)
    publish(round, tells=True)
    assert work_on_rounds(now=timezone.now())["queue_results"] == [round.pk]
    actions.queue_results(round_id=round.pk)
    assert work_on_rounds(now=timezone.now())["queue_results"] == []


def test_mail_text_can_be_edited_until_it_was_sent(staff, round):
    texts = {kind: round.texts.get(kind=kind) for kind in (RoundText.Kind.RESULTS, RoundText.Kind.INVITATION)}
    base = "/i/bright-futures/rounds/texts/"
    data = {"subject": "News", "body": "Look: {link}"}
    assert staff.post(f"{base}{texts['invitation'].pk}/", data).status_code == 404
    assert staff.post(f"{base}{texts['results'].pk}/", data).url == page_of(round)
    write(round)
    publish(round, tells=True)
    staff.post(f"{base}{texts['results'].pk}/", data | {"subject": "Late"})
    assert round.texts.get(kind="results").subject == "News"


def test_later_round_of_the_same_questionnaire_reminds_until_it_is_published(director, round, initiative):
    draft = RoundFactory(initiative=initiative, instrument_version=round.instrument_version, state="draft")
    other = RoundFactory(initiative=initiative, state="draft")
    preview = f"{draft.get_absolute_url()}preview/"
    assert (untold_before(draft), untold_before(other)) == (round, None)
    assert page_of(round) in director.get(preview).content.decode()
    assert page_of(round) in director.get("/i/bright-futures/rounds/").content.decode()
    write(round)
    publish(round, tells=False)
    assert untold_before(draft) is None
    assert page_of(round) not in director.get(preview).content.decode()
    assert page_of(round) not in director.get("/i/bright-futures/rounds/").content.decode()


def test_mail_about_a_planned_draft_mentions_what_was_not_told(director, round, initiative, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    day = initiative.today()
    version = small_version(initiative)
    draft = RoundFactory(initiative=initiative, instrument_version=version, state="draft", planned_for=day)
    tell_of_draft(round_id=draft.pk)
    assert f"came of the last survey, “{round.title}”" in mail.outbox[0].body
    assert round.get_absolute_url() in mail.outbox[0].body


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("One\nline\n\n\nTwo", [Block(False, ("One", "line")), Block(False, ("Two",))]),
        ("Then:\r\n- a\r\n* b\r\nEnd", [Block(False, ("Then:",)), Block(True, ("a", "b")), Block(False, ("End",))]),
        ("-no list", [Block(False, ("-no list",))]),
    ],
)
def test_plain_text_is_read_as_paragraphs_and_lists(text, found):
    assert blocks(text) == found
