"""Mails that ask partners to sign a story off: exactly the previewed people, each once for each version, never twice."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from backbone.actions import stories, story_mails
from backbone.models import StorySignOff
from backbone.queries.story_sign_offs import ask_list, sign_off_rows, stories_with_mails_to_send
from backbone.tasks import send_story_mails, sweep, sweep_story_mails
from backbone.tokens import story_token
from initiatives.actions import restoring
from initiatives.models import HistoryEntry
from partners.models import Contact
from surveys.mail.transport import BackendConnection
from tests.backbone.stories import changed, make_story, partner
from tests.factories import ContactFactory, UserFactory
from tests.surveys.sink import DROP, running_sink

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
# A Wednesday, ten in the morning.
NOW = datetime.datetime(2026, 11, 4, 10, tzinfo=datetime.UTC)


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets the time of the program."""

    class Clock:
        now = NOW

        def __call__(self, moment):
            self.now = moment

    own = Clock()
    monkeypatch.setattr(timezone, "now", lambda: own.now)
    return own


@pytest.fixture(autouse=True)
def mails_stay_here(settings, clock):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL_PER_SECOND = 0


@pytest.fixture
def sink(settings):
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Backbone <mail@backbone.example>"
        yield sink


@pytest.fixture
def ana(initiative):
    return partner(initiative, "Bus Company", email="ana@bus.example")


@pytest.fixture
def ben(initiative):
    return partner(initiative, "School Board", email="ben@school.example")


@pytest.fixture
def story(initiative, ana, ben):
    return make_story(initiative, ana, ben)


def page(name, story, *keys):
    return reverse(f"backbone:story-{name}", args=[story.initiative.slug, story.pk, *keys])


def ask(story):
    kim = UserFactory._meta.model.objects.filter(email="kim@backbone.example").first()
    return stories.ask(story=story, by=kim or UserFactory(name="Kim", email="kim@backbone.example"))


def send(story):
    story_mails.send_waiting(story_id=story.pk)
    return sorted(message.to[0] for message in mail.outbox)


def states(story):
    return dict(story.sign_offs.values_list("contact__email", "mail"))


def test_preview_names_exactly_who_gets_which_mail_and_nothing_leaves(staff, initiative, story, ana):
    Contact.objects.filter(pk=ana.pk).update(language="es")
    answer = staff.get(page("ask", story))
    text = answer.content.decode()
    assert [asked.contact.email for asked in answer.context["list"].people] == ["ana@bus.example", "ben@school.example"]
    shown = ("ana@bus.example", "ben@school.example", "Spanish", "Buses at dawn", "a link for this person alone")
    assert [words for words in shown if words not in text] == []
    assert (story_token(story.sign_offs.get(contact=ana)) in text, "/story/" in text) == (False, False)
    assert (send(story), set(states(story).values())) == ([], {"none"})


def test_who_cannot_be_reached_is_named_and_gets_none(staff, initiative, clock):
    away = {
        "bounced": {"reachability": "bounced"},
        "opted_out": {"reachability": "opted_out"},
        "left": {"left_on": NOW.date()},
    }
    people = [partner(initiative, f"Partner {reason}", **fields) for reason, fields in away.items()]
    moved = partner(initiative, "Partner moved")
    story = make_story(initiative, *people, moved)
    Contact.objects.filter(pk=moved.pk).update(organisation=people[0].organisation, is_lead=False)
    alone = ContactFactory(initiative=initiative).organisation
    partners = {person.organisation: person for person in people} | {moved.organisation: moved, alone: None}
    story = changed(story, partners=partners)
    answer = staff.get(page("ask", story))
    found = sorted(reason for _sign_off, reason in answer.context["list"].left_out)
    assert (found, answer.context["list"].people) == (["bounced", "left", "moved", "nobody", "opted_out"], [])
    shown = ("mail comes back", "has left", "belongs to another partner now", "nobody is chosen", "wants no more mail")
    assert [words for words in shown if words not in answer.content.decode()] == []
    assert (ask(story), send(story)) == (0, [])


def test_exactly_those_who_were_looked_at_get_the_mail(staff, story):
    found = staff.get(page("ask", story)).context["list"]
    assert staff.post(page("ask", story), {"list": found.digest}).url == story.get_absolute_url()
    assert send(story) == ["ana@bus.example", "ben@school.example"]
    assert states(story) == {"ana@bus.example": "sent", "ben@school.example": "sent"}
    told = HistoryEntry.objects.order_by("-id").first()
    assert (told.verb, told.after) == ("story_asked", {"partners": ["Bus Company", "School Board"], "version": 1})


@pytest.mark.parametrize("what", ["words", "partner", "address"])
def test_list_or_words_that_changed_since_are_not_sent(staff, initiative, story, ana, what):
    digest = staff.get(page("ask", story)).context["list"].digest
    if what == "words":
        changed(story, text="Other words.")
    elif what == "partner":
        changed(story, partners={ana.organisation: ana})
    else:
        Contact.objects.filter(pk=ana.pk).update(email="other@bus.example")
    answer = staff.post(page("ask", story), {"list": digest})
    assert (answer.status_code, set(states(story).values())) == (409, {"none"})
    assert "Nothing was sent. Look at the list again" in answer.content.decode()


def test_mail_tells_what_is_asked_and_leads_to_the_page(client, story, ana):
    ask(story)
    send(story)
    message = next(message for message in mail.outbox if message.to == ["ana@bus.example"])
    link = f"http://localhost:8000/story/{story_token(story.sign_offs.get(contact=ana))}/"
    assert (message.subject, message.reply_to) == (
        "Bright Futures: please read a story that names you",
        ["kim@backbone.example"],
    )
    shown = ("Hello Bus Company Contact,", "Bus Company", "“Buses at dawn”", link, "Kim, Bright Futures")
    assert [words for words in shown if words not in message.body] == []
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 200


def test_each_person_is_asked_once_for_each_version(story, ana):
    assert [ask(story), ask(story)] == [2, 0]
    send(story)
    assert (send(story), ask(story)) == (["ana@bus.example", "ben@school.example"], 0)
    now = changed(story, text="Other words.")
    assert ask(now) == 2
    assert send(story) == ["ana@bus.example"] * 2 + ["ben@school.example"] * 2


def test_who_has_answered_these_words_is_asked_no_more(story, ana, ben):
    stories.agree(sign_off=story.sign_offs.get(contact=ana), version=1, contact=ana)
    stories.ask_for_change(sign_off=story.sign_offs.get(contact=ben), version=1, note="No", contact=ben)
    assert ask(story) == 0
    assert len(ask_list(changed(story, text="Other words.")).people) == 2


def test_words_that_change_before_the_mail_left_stop_it(story):
    ask(story)
    changed(story, text="Other words.")
    assert (send(story), set(states(story).values())) == ([], {"none"})


def test_answer_before_the_mail_left_stops_it(story, ana):
    ask(story)
    stories.agree(sign_off=story.sign_offs.get(contact=ana), version=1, contact=ana)
    assert (send(story), states(story)["ana@bus.example"]) == (["ben@school.example"], "none")


def test_mails_about_a_deleted_story_or_a_partner_taken_out_do_not_leave(story, ana, ben):
    ask(story)
    changed(story, partners={ben.organisation: ben})
    restoring.delete(row=story, by=None)
    assert (send(story), stories_with_mails_to_send()) == ([], [])
    restoring.restore(row=story, by=None)
    assert send(story) == ["ben@school.example"]


def test_who_left_between_asking_and_sending_gets_none(story, ana):
    ask(story)
    Contact.objects.filter(pk=ana.pk).update(reachability="opted_out")
    assert (send(story), states(story)["ana@bus.example"]) == (["ben@school.example"], "failed")


def test_sweep_finds_what_a_lost_ring_left(story):
    ask(story)
    assert mail.outbox == []
    sweep()
    assert len(mail.outbox) == 2
    send_story_mails(story.pk)
    sweep_story_mails()
    assert len(mail.outbox) == 2


def test_asking_rings_once_it_is_committed(staff, story, django_capture_on_commit_callbacks):
    digest = ask_list(story).digest
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(page("ask", story), {"list": digest})
    assert len(mail.outbox) == 2


def test_no_mail_leaves_at_night_or_in_quiet_time(staff, initiative, story, ana, clock):
    initiative.quiet_weekends = True
    initiative.save()
    Contact.objects.filter(pk=ana.pk).update(time_zone="America/New_York")
    # Ten in London is five in New York.
    people = {asked.contact.email: asked for asked in ask_list(story).people}
    assert (people["ana@bus.example"].leaves_now, people["ben@school.example"].leaves_now) == (False, True)
    assert people["ana@bus.example"].leaves_at == NOW.replace(hour=13)
    ask(story)
    assert send(story) == ["ben@school.example"]
    clock(NOW.replace(hour=13, minute=1))
    assert send(story) == ["ana@bus.example", "ben@school.example"]


def test_mail_asked_for_on_a_quiet_day_leaves_after_it(initiative, story, clock):
    initiative.quiet_weekends = True
    initiative.save()
    saturday = NOW + datetime.timedelta(days=3)
    clock(saturday)
    ask(story)
    assert send(story) == []
    clock(saturday + datetime.timedelta(days=2))
    assert len(send(story)) == 2


def test_of_two_workers_one_sends(story):
    ask(story)
    waiting = list(StorySignOff.objects.filter(mail="waiting"))
    connection = BackendConnection()
    connection.open()
    for _ in range(2):
        for sign_off in waiting:
            story_mails._send(sign_off, connection)
    assert len(mail.outbox) == 2


def test_worker_killed_on_the_way_leaves_an_uncertain_mail_and_never_a_second_one(
    staff, story, ana, monkeypatch, clock
):
    def killed(**_kwargs):
        raise KeyboardInterrupt

    ask(story)
    with monkeypatch.context() as patch:
        patch.setattr(story_mails, "hand_over", killed)
        with pytest.raises(KeyboardInterrupt):
            story_mails.send_waiting(story_id=story.pk)
    assert sorted(states(story).values()) == ["sending", "waiting"]
    for minutes, expected in ((14, "sending"), (16, "uncertain"), (600, "uncertain")):
        clock(NOW + minutes * MINUTE)
        sweep_story_mails()
        assert sorted(states(story).values()) == sorted(["sent", expected])
    assert len(mail.outbox) == 1
    stuck = story.sign_offs.get(mail="uncertain")
    assert "Send again" in staff.get(page("detail", story)).content.decode()
    staff.post(page("mail-again", story, stuck.pk))
    assert send(story) == ["ana@bus.example", "ben@school.example"]


def test_only_a_mail_that_may_not_have_arrived_is_sent_again(staff, story, ana):
    ask(story)
    row = story.sign_offs.get(contact=ana)
    for state in ("none", "waiting", "sending", "sent"):
        StorySignOff.objects.filter(pk=row.pk).update(mail=state)
        staff.post(page("mail-again", story, row.pk))
        assert StorySignOff.objects.get(pk=row.pk).mail == state
    assert staff.post(page("mail-again", story, 10**9)).status_code == 404
    assert not HistoryEntry.objects.filter(verb="story_mail_sent_again").exists()


def test_late_word_of_a_worker_does_not_undo_what_staff_did(story, ana, monkeypatch, clock):
    """A worker that hung for an hour tells of its mail after staff sent it again."""

    def slow(*, connection, message, address):
        clock(NOW + 60 * MINUTE)
        story_mails.give_up_lost()
        stories.send_again(sign_off=story.sign_offs.get(contact__email=address), by=None)
        raise ConnectionError

    ask(story)
    monkeypatch.setattr(story_mails, "hand_over", slow)
    with pytest.raises(ConnectionError):
        story_mails.send_waiting(story_id=story.pk)
    assert set(states(story).values()) == {"waiting"}


REPLIES = [
    ("RCPT", "550 5.1.1 nobody here", "failed", "bounced"),
    ("RCPT", "550 5.2.2 mailbox full", "failed", "reachable"),
    ("RCPT", "450 4.2.0 come back later", "waiting", "reachable"),
    ("MAIL", "550 5.7.1 not from you", "waiting", "reachable"),
    ("TEXT", DROP, "uncertain", "reachable"),
]


@pytest.mark.parametrize(("stage", "reply", "expected", "reachability"), REPLIES)
def test_answer_of_the_mail_server_decides_what_becomes_of_it(
    sink, initiative, ana, stage, reply, expected, reachability
):
    story = make_story(initiative, ana)
    ask(story)
    sink.replies[stage] = lambda address: reply
    story_mails.send_waiting(story_id=story.pk)
    ana.refresh_from_db()
    assert (states(story), ana.reachability) == ({"ana@bus.example": expected}, reachability)
    # Nothing is tried again at once.
    sink.replies.clear()
    before = len(sink.taken)
    story_mails.send_waiting(story_id=story.pk)
    assert len(sink.taken) == before


def test_mail_that_is_put_off_again_and_again_is_given_up(sink, initiative, ana, clock):
    story = make_story(initiative, ana)
    ask(story)
    sink.replies["RCPT"] = lambda address: "450 4.2.0 come back later"
    for day in range(10):
        clock(NOW + datetime.timedelta(days=day))
        story_mails.send_waiting(story_id=story.pk)
    row = story.sign_offs.get()
    assert (row.mail, row.mail_tries, "4.2.0" in row.mail_problem) == ("failed", story_mails.MOST_TRIES, True)


def test_mail_server_that_is_away_costs_nobody_their_mail(settings, story):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ask(story)
    story_mails.send_waiting(story_id=story.pk)
    assert set(states(story).values()) == {"waiting"}


def test_names_and_titles_add_no_header_and_run_nothing(sink, initiative):
    evil = "{{ 7 }}%(x)s\r\nBcc: all@evil.example"
    contact = partner(initiative, "Bus", email="ana@bus.example", name=evil)
    type(contact.organisation).objects.update(name=evil)
    initiative.name = f"Bright\r\nBcc: all@evil.example {evil}"[:100]
    initiative.save()
    story = make_story(initiative, contact, title=evil[:200])
    ask(story)
    story_mails.send_waiting(story_id=story.pk)
    (taken,) = sink.taken
    head = taken.content.split(b"\r\n\r\n")[0]
    assert (taken.recipient, b"\nBcc:" in head, b"\nTo: ana@bus.example" in head) == ("ana@bus.example", False, True)
    assert b"{{ 7 }}" in taken.content.replace(b"=7B", b"{")


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
def test_mail_is_written_in_every_language(story, ana, language):
    Contact.objects.update(language=language)
    ask(story)
    send(story)
    assert all(message.subject and "/story/" in message.body for message in mail.outbox)


def test_allowance_of_this_second_leaves_the_rest_to_the_next(settings, story):
    settings.MAIL_PER_SECOND = 1
    ask(story)
    assert len(send(story)) == 1
    assert sorted(states(story).values()) == ["sent", "waiting"]


@pytest.mark.parametrize("state", ["uncertain", "failed"])
def test_whoever_answered_these_words_is_not_mailed_again(state, story, ana):
    row = story.sign_offs.get(contact=ana)
    StorySignOff.objects.filter(pk=row.pk).update(mail=state, mail_version=story.version)
    assert stories.agree(sign_off=row, version=story.version, contact=ana)
    assert not next(each for each in sign_off_rows(story) if each.sign_off == row).can_send_again
    assert not stories.send_again(sign_off=row, by=None)


def test_mail_that_was_put_off_does_not_leave_after_the_answer(story, ana):
    """The worker puts it back to wait after the partner answered by an earlier link."""
    row = story.sign_offs.get(contact=ana)
    assert stories.agree(sign_off=row, version=story.version, contact=ana)
    waiting = {"mail": "waiting", "mail_version": story.version, "mail_at": NOW}
    StorySignOff.objects.filter(pk=row.pk).update(**waiting)
    assert story_mails.send_waiting(story_id=story.pk) == 0
    assert not mail.outbox
    assert StorySignOff.objects.get(pk=row.pk).mail == "none"
