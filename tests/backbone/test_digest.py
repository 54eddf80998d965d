"""The digest of the week: when it leaves, to whom, that it says what the pages say, and never twice."""

import datetime
import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from backbone.actions import digesting
from backbone.models import WeeklyDigest
from backbone.queries.digest import digest_of, digests_due
from backbone.queries.unseen import unseen_partners
from initiatives.models import Membership
from initiatives.permissions import Role
from partners.models import Organisation
from surveys.models import Invitation, Round
from tests.backbone.factories import ActivityFactory
from tests.backbone.follow_ups import (
    ActionItemFactory,
    CommitmentFactory,
    FollowUpDecisionFactory,
    FollowUpMeetingFactory,
)
from tests.factories import ContactFactory, MembershipFactory, OrganisationFactory
from tests.surveys.factories import InvitationFactory

pytestmark = pytest.mark.django_db
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
# Midnight at the beginning of a Monday, in UTC.
MONDAY = datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def mails_stay_here(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL_PER_SECOND = 0


@pytest.fixture
def clock(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(MONDAY)
    return set_clock


def member(initiative, zone="", **fields):
    made = MembershipFactory(initiative=initiative, user__time_zone=zone, **fields)
    Membership.objects.filter(pk=made.pk).update(created_at=MONDAY - 30 * DAY)
    return made


def something_waits(initiative):
    return ActionItemFactory(initiative=initiative, title="Book the hall", due_on=MONDAY.date() - DAY)


def mails_by_hour(clock, hours):
    """{address: hours from MONDAY at which a mail left}, trying once an hour."""
    left = {}
    for hour in hours:
        before = len(mail.outbox)
        clock(MONDAY + hour * HOUR)
        digesting.send_due()
        for message in mail.outbox[before:]:
            left.setdefault(message.to[0], []).append(hour)
    return left


def test_three_weeks_in_two_zones_bring_three_mails_each_on_monday_morning_there(clock, initiative):
    something_waits(initiative)
    lima, auckland = member(initiative, "America/Lima"), member(initiative, "Pacific/Auckland")
    week = 7 * 24
    # Eight in the morning of a Monday: 13:00 in UTC for Lima, 19:00 of the Sunday before for Auckland.
    assert mails_by_hour(clock, range(-8, 3 * week - 8)) == {
        lima.user.email: [13, 13 + week, 13 + 2 * week],
        auckland.user.email: [-5, -5 + week, -5 + 2 * week],
    }


def test_initiatives_zone_counts_for_whoever_has_none(clock, initiative):
    initiative.time_zone = "Asia/Tokyo"
    initiative.save()
    something_waits(initiative)
    kim = member(initiative)
    assert mails_by_hour(clock, range(-8, 24)) == {kim.user.email: [-1]}


def test_nothing_is_sent_where_there_is_nothing_to_say_not_even_later_that_week(clock, initiative):
    member(initiative)
    assert mails_by_hour(clock, [9]) == {}
    something_waits(initiative)
    assert mails_by_hour(clock, range(10, 7 * 24)) == {}
    assert list(WeeklyDigest.objects.values_list("number", "sent_at")) == [(0, None)]


@pytest.mark.parametrize(
    "fields", [{"wants_digest": False}, {"user__is_active": False}, *({"role": role} for role in Role if role not in ("director", "staff"))]
)  # fmt: skip
def test_only_staff_who_want_it_get_it(clock, initiative, fields):
    something_waits(initiative)
    member(initiative, **fields)
    assert mails_by_hour(clock, range(72)) == {}


def test_whoever_joined_since_gets_the_first_one_next_week(clock, initiative):
    something_waits(initiative)
    new = member(initiative)
    Membership.objects.update(created_at=MONDAY + 9 * HOUR)
    assert mails_by_hour(clock, range(9, 8 * 24)) == {new.user.email: [7 * 24 + 8]}


def test_holiday_puts_it_off_by_two_days_at_most(clock, initiative):
    something_waits(initiative)
    kim = member(initiative)
    initiative.holidays = ["2026-11-02"]
    initiative.save()
    assert mails_by_hour(clock, range(7 * 24)) == {kim.user.email: [24 + 8]}
    initiative.holidays = ["2026-11-09", "2026-11-10", "2026-11-11"]
    initiative.save()
    assert mails_by_hour(clock, range(7 * 24, 14 * 24)) == {}


def test_mail_says_what_the_pages_say_and_leads_to_them(clock, staff, initiative):
    today = MONDAY.date()
    Membership.objects.update(created_at=MONDAY - 30 * DAY)
    clock(MONDAY + 9 * HOUR)
    FollowUpMeetingFactory(initiative=initiative, title="No minutes", starts_at=MONDAY - 3 * DAY)
    FollowUpMeetingFactory(initiative=initiative, title="To come", starts_at=MONDAY + 3 * DAY)
    contact = ContactFactory(initiative=initiative, name="Ana Ruiz", organisation__partner_since=today)
    for number in range(7):
        ActionItemFactory(initiative=initiative, title=f"Late {number}", due_on=today - DAY, owner_contact=contact)
    ActionItemFactory(initiative=initiative, title="This week", due_on=today + 2 * DAY)
    CommitmentFactory(initiative=initiative, contact=contact, title="Forty hours", due_on=today - DAY)
    FollowUpDecisionFactory(initiative=initiative, title="Who pays the bus", needed_by=today)
    FollowUpDecisionFactory(initiative=initiative, title="Decided", decided_on=today)
    InvitationFactory(
        round__initiative=initiative, round__state=Round.State.OPEN, round__title="Pulse", contact=contact
    )
    OrganisationFactory(initiative=initiative, name="Silent Partner")
    assert digesting.send_due() == 1
    body = mail.outbox[0].body
    for words in ("No minutes", "Late 0", "Ana Ruiz", "(7)", "and more", "This week", "Forty hours", "Who pays the bus",
                  "Pulse: 0 of 1", "Silent Partner", "/i/bright-futures/settings/own/"):  # fmt: skip
        assert words in body, words
    assert [words in body for words in ("To come", "Decided", "Late 6")] == [False, False, False]
    links = re.findall(r"http://localhost:8000(/i/\S+)", body)
    assert len(links) == 8
    assert [staff.get(link).status_code for link in links] == [200] * 8
    shown = {section.heading: section.number for section in digest_of(Membership.objects.get())}
    for section, path in zip(shown.values(), links, strict=False):
        context = staff.get(path).context
        assert "page" not in context or context["page"].paginator.count == section


def test_mail_is_in_the_language_of_the_person(clock, initiative):
    something_waits(initiative)
    member(initiative, user__language="es", user__name="Ana Ruiz")
    clock(MONDAY + 9 * HOUR)
    digesting.send_due()
    assert mail.outbox[0].body.startswith("Hola, Ana:")


def test_of_two_workers_one_sends(clock, initiative, monkeypatch):
    something_waits(initiative)
    member(initiative)
    clock(MONDAY + 9 * HOUR)
    monkeypatch.setattr(digesting.cache, "add", lambda *a, **k: True)
    waiting = digests_due(now=timezone.now())
    assert [digesting._send_all(waiting), digesting._send_all(waiting), len(mail.outbox)] == [1, 0, 1]


def test_worker_killed_between_claim_and_mail_sends_nothing_twice(clock, initiative, monkeypatch):
    something_waits(initiative)
    kim = member(initiative)
    clock(MONDAY + 9 * HOUR)

    def killed(**_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(digesting, "hand_over", killed)
    with pytest.raises(KeyboardInterrupt):
        digesting.send_due()
    monkeypatch.undo()
    mail.outbox.clear()
    monkeypatch.setattr(timezone, "now", lambda: MONDAY + 10 * HOUR)
    assert (digesting.send_due(), WeeklyDigest.objects.get().sent_at, kim.pk > 0) == (0, None, True)


def test_mail_server_that_is_away_costs_nobody_their_digest(clock, settings, initiative):
    something_waits(initiative)
    member(initiative)
    clock(MONDAY + 9 * HOUR)
    away = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    assert (digesting.send_due(), WeeklyDigest.objects.count()) == (0, 0)
    settings.EMAIL_BACKEND = away
    assert digesting.send_due() == 1


def test_partners_are_unseen_after_ninety_days_whatever_they_were_seen_at(initiative, other_initiative):
    today = initiative.today()
    old, recent = today - 91 * DAY, today - 90 * DAY

    def partner(name, **fields):
        return ContactFactory(initiative=initiative, organisation__name=name, **fields)

    def activity(contact, day, **fields):
        ActivityFactory(initiative=initiative, held_on=day, **fields).partners.add(contact.organisation)

    def meeting(contact, day, state, **fields):
        at = datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC)
        FollowUpMeetingFactory(initiative=initiative, starts_at=at, **fields).roll.create(contact=contact, state=state)

    def answer(contact, day, **fields):
        InvitationFactory(round__initiative=initiative, round__closes_on=day, contact=contact,
                          state=Invitation.State.FINISHED, **fields)  # fmt: skip

    activity(partner("activity old"), old), activity(partner("activity recent"), recent)
    meeting(partner("meeting old"), old, "present"), meeting(partner("meeting recent"), recent, "remote")
    meeting(partner("excused"), recent, "excused"), answer(partner("answer old"), old)
    answer(partner("answer recent"), recent)
    answer(partner("answer anonymous"), recent, round__mode=Round.Mode.ANONYMOUS)
    meeting(partner("meeting deleted"), recent, "present", deleted_at=timezone.now())
    partner("never"), partner("new", organisation__partner_since=today - DAY)
    partner("left", organisation__left_on=today)
    OrganisationFactory(initiative=other_initiative, name="elsewhere")
    assert sorted(row.name for row in unseen_partners(initiative)) == [
        "activity old", "answer anonymous", "answer old", "excused", "meeting deleted", "meeting old", "never",
    ]  # fmt: skip


def test_page_of_unseen_partners_climbs_the_ladder(
    staff, stranger, client_as, initiative, django_assert_max_num_queries
):
    here = reverse("backbone:unseen-list", args=[initiative.slug])
    OrganisationFactory(initiative=initiative, name="Silent <b>Partner</b>")
    assert "Silent &lt;b&gt;" in staff.get(here).content.decode()
    assert [client_as(Role.COMMITTEE).get(here).status_code, stranger.get(here).status_code] == [403, 404]
    OrganisationFactory.create_batch(30, initiative=initiative)
    with django_assert_max_num_queries(6):
        staff.get(here)
    assert Organisation.objects.count() == 31
