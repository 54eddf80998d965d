"""The demo's rounds. Drafting, merging sectors, inviting, opting out and closing are the actions that the pages call.

Time cannot be travelled: `send` opens a round now and answers are taken only while it is open. So a round is filled
while it is a draft, which no worker touches, its mails are written as sent, and its dates are set by hand.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from backbone.actions.demo.beginning import DemoFailed
from backbone.actions.demo.past import happening, moment
from backbone.actions.demo.texts import release_texts
from backbone.demo import story
from backbone.demo.answers import Person, Script, reply_of
from indicators.models import Publication
from initiatives.actions import history
from initiatives.permissions import Role
from partners.models import Contact
from surveys import definition
from surveys.actions import answering, closing, conclusions, invitations, plans, pooling, reachability, rounds
from surveys.actions.instruments import install_shipped
from surveys.models import Conclusion, InstrumentVersion, Invitation, Mailing, Response, Round, RoundPlan
from surveys.queries.answering import definition_of
from surveys.queries.conclusions import recipients
from surveys.queries.pooling import pools_for
from surveys.queries.rosters import eligible_contacts

DAY = datetime.timedelta(days=1)
PUBLISHED = datetime.timedelta(days=580)
REMINDER_DAYS = [7, 14]
REFUSED = "550 5.1.1 The address is not known here."
BATCH = 50


def publish_instruments(*, initiative, today, by):
    """The shipped instruments as versions, by code, as if they had been published before the first round."""
    day = today - PUBLISHED
    with happening(initiative=initiative, day=day):
        versions = install_shipped(initiative=initiative, by=by)
    at = moment(initiative=initiative, day=day)
    InstrumentVersion.objects.filter(pk__in=[version.pk for version in versions.values()]).update(published_at=at)
    return versions


def run_round(*, initiative, told, versions, number, today, by):
    """Draft, fill and open one round of rounds.toml, and close it if it is over. Returns it."""
    day = today - datetime.timedelta(days=told["opens"])
    with happening(initiative=initiative, day=day):
        round = _draft(initiative, told, versions[told["instrument"]], day, by)
        _invite(round, day)
        script, until = _script(told, number), min(today, round.closes_on + DAY)
        if not round.is_anonymous:
            _answer(round, script, until)
        _write_mails_as_sent(round, today)
        history.record(initiative=initiative, verb="round.opened", target=round, by=by)
    with happening(initiative=initiative, day=min(day + 8 * DAY, today)):
        _reach_nobody(round, told)
        _say_left_then(round, told, by)
        Round.objects.filter(pk=round.pk).update(state=Round.State.OPEN)
        if round.is_anonymous:
            _gather(round, script, until)
        _tell_staff(round, told)
    if told["closes"] > 0:
        with happening(initiative=initiative, day=round.closes_on + DAY):
            _close(round)
        if "releases" in told:
            release_texts(round=round, code=told["releases"], by=by)
        _conclude(round, told["code"], by)
    return round


def _draft(initiative, told, version, day, by):
    round = Round(
        initiative=initiative,
        instrument_version=version,
        title=told["title"],
        mode=told.get("mode", Round.Mode.CONFIDENTIAL),
        opens_on=day,
        closes_on=day + (told["opens"] - told["closes"]) * DAY,
        # The open round has no reminder to come: whoever only looks at the demo sends no mail.
        reminder_days=REMINDER_DAYS if told["closes"] > 0 else REMINDER_DAYS[:1],
        sender_name=by.name,
        reply_to=by.email,
    )
    if round.closes_on - day <= REMINDER_DAYS[0] * DAY:
        round.reminder_days = []
    groups = [initiative.groups.get(name=told["group"])] if "group" in told else []
    sectors = list(initiative.sectors.filter(name__in=told.get("sectors", ())))
    rounds.draft(round=round, sectors=sectors, groups=groups, by=by)
    if not groups and not sectors and not round.is_anonymous:
        name_of = {sector: name for name, sectors in story.read("rounds")["clusters"].items() for sector in sectors}
        names = {sector: name_of.get(sector.name, sector.name) for sector in initiative.sectors.all()}
        rounds.merge_sectors(round=round, names=names, by=by)
    return round


def repeat(*, round, by):
    """Let the instrument of a round come round every half year."""
    month = round.opens_on.month
    plan = RoundPlan(
        initiative=round.initiative,
        instrument=round.instrument_version.instrument,
        months=sorted({month, (month + 5) % 12 + 1}),
        day=round.opens_on.day,
    )
    with happening(initiative=round.initiative, day=round.opens_on + DAY):
        plans.add(plan=plan, by=by)


def _invite(round, day):
    """Everybody who was a partner on that day and could be reached."""
    contacts = eligible_contacts(round).filter(partner_since__lte=day, reachability=Contact.Reachability.REACHABLE)
    round.frozen_roster = list(contacts.values_list("pk", flat=True))
    round.opened_at = round.prepared_at = moment(initiative=round.initiative, day=day)
    round.minutes = definition.minutes(definition_of(round.instrument_version))
    round.pools = pools_for(len(round.frozen_roster))
    round.save(update_fields=["frozen_roster", "opened_at", "prepared_at", "minutes", "pools"])
    if round.is_anonymous:
        pooling.prepare(round=round)
    invitations.prepare(round_id=round.pk)
    # How long they had been partners then, and not how long they are now.
    months_since = round.initiative.today().year * 12 + round.initiative.today().month - day.year * 12 - day.month
    round.invitations.update(created_at=round.opened_at, tenure_months=F("tenure_months") - months_since)


def _script(told, number):
    shared = story.read("rounds")
    return Script(
        code=told["code"],
        number=number,
        response=told["response"],
        days=told["opens"] - told["closes"],
        mails_on=(0, 0, *REMINDER_DAYS),
        levels=shared["levels"][told["instrument"]],
        leanings=shared["leanings"],
        eagerness=shared["eagerness"],
        dont_know=shared["dont_know"],
        texts=shared["texts"] | shared["texts_of"].get(told["instrument"], {}),
    )


def _answer(round, script, until):
    """Write what came back before `until`, in bulk: page by page through the actions would take minutes."""
    replies = list(_replies(round, script, until))
    for start in range(0, len(replies), BATCH):
        _store(round, replies[start : start + BATCH])


def _gather(round, script, until):
    """Put what came back to an anonymous round into its pools; whoever stopped half way has sent nothing."""
    for invitation, sent, _at in _replies(round, script, until):
        if sent.is_final:
            pooling.put(invitation=invitation, answers=sent.answers)


def _replies(round, script, until):
    """(invitation, Sent, moment) of everybody who answered before `until`."""
    questions = definition_of(round.instrument_version)
    end = moment(initiative=round.initiative, day=until)
    written = set()
    for invitation in round.invitations.select_related("round"):
        person = Person(invitation.email, invitation.cluster_name, invitation.language)
        sent = reply_of(questions, script, person)
        at = sent and round.opened_at + datetime.timedelta(seconds=sent.seconds)
        if sent and at < end:
            _say_it_once(questions, sent.answers, written, script.texts)
            definition.check_answers(questions, sent.answers)
            yield invitation, sent, at


def _say_it_once(questions, answers, written, texts):
    """Texts come from short lists: whoever would repeat what somebody else has written says something else of their list, or
    nothing once it is used up."""
    for asked in definition.open_texts(questions):
        text = answers.pop(asked.code, None)
        alike = next((found for found in texts.get(asked.code, {}).values() if text in found), [])
        left = [each for each in (text, *alike) if each and each not in written]
        if left:
            answers[asked.code] = left[0]
            written.add(left[0])


@transaction.atomic
def _store(round, replies):
    Response.objects.bulk_create(
        Response(
            invitation=invitation,
            round=round,
            answers=sent.answers,
            language=invitation.language,
            saved_at=at,
            submitted_at=at if sent.is_final else None,
        )
        for invitation, sent, at in replies
    )
    final = [invitation.pk for invitation, sent, _at in replies if sent.is_final]
    round.invitations.filter(pk__in=final).update(state=Invitation.State.FINISHED)


def _write_mails_as_sent(round, today):
    """Invitations, and each reminder whose day has come to those who had not finished by then."""
    sent = {"state": Mailing.State.SENT, "attempts": 1}
    Mailing.objects.filter(round=round).update(due_at=round.opened_at, sent_at=round.opened_at, **sent)
    days = [day for day in round.reminder_days if round.opens_on + day * DAY <= today]
    for number, day in enumerate(days, start=1):
        at = round.opened_at + day * DAY
        waiting = round.invitations.exclude(response__submitted_at__lt=at)
        rows = [
            Mailing(invitation=i, round=round, kind="reminder", number=number, due_at=at, sent_at=at, **sent)
            for i in waiting
        ]
        Mailing.objects.bulk_create(rows)
    Round.objects.filter(pk=round.pk).update(reminders_queued=len(days))


def _reach_nobody(round, told):
    """Some addresses turn out to be wrong, and somebody wants no more mail."""
    silent = _silent(round)
    for invitation in silent[: told.get("bounced", 0)]:
        Mailing.objects.filter(invitation=invitation, number=0).update(state=Mailing.State.BOUNCED, reply=REFUSED)
        Mailing.objects.filter(invitation=invitation, number__gt=0).delete()
        reachability.bounced(invitation=invitation, reason=REFUSED)
    for invitation in silent[-1:] * told.get("opted_out", 0):
        reachability.opt_out(invitation=invitation)


def _say_left_then(round, told, by):
    """Somebody said in a past round that they had left, which is only heard while a round is open, and staff confirmed it."""
    for invitation in _silent(round)[: told.get("left", 0)]:
        Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.LEFT)
        invitation.refresh_from_db()
        invitations.confirm_note(invitation=invitation, by=by)
        Contact.objects.filter(pk=invitation.contact_id).update(left_on=round.opens_on + 8 * DAY)
        Invitation.objects.filter(pk=invitation.pk).update(note_confirmed_at=round.opened_at + 8 * DAY)


def _tell_staff(round, told):
    """In the open round two notes wait for staff."""
    silent = _silent(round)
    for invitation in silent[: told.get("says_left", 0)]:
        answering.say_left(invitation=invitation)
    for invitation in silent[-1:] * told.get("says_someone_else", 0):
        answering.say_someone_else(invitation=invitation, note=told["note"])


def _silent(round):
    """Those who have not begun, and hold no seat that the demo needs."""
    waiting = round.invitations.filter(state=Invitation.State.INVITED, response=None, group_names=[])
    return list(waiting.select_related("contact__initiative", "round__initiative").order_by("email"))


def _close(round):
    if not closing.close_round(round_id=round.pk):
        raise DemoFailed("A worker closed a round of the demo in between. Run this command again.")
    at = round.closes_at + datetime.timedelta(minutes=1)
    counted_on = round.closes_on if round.is_anonymous else None
    Round.objects.filter(pk=round.pk).update(closed_at=at, claimed_at=at, answered_counted_on=counted_on)
    round.refresh_from_db()
    published = [round.publication_id, round.public_publication_id]
    Publication.objects.filter(pk__in=published).update(published_at=at)


def name_steward(*, initiative):
    """A member of staff was the data steward of every round that can have one, as its first page said; staff come after the rounds here."""
    steward = initiative.memberships.filter(role=Role.STAFF).order_by("pk").first().user
    known = initiative.rounds.exclude(mode=Round.Mode.ANONYMOUS)
    known.update(steward=steward, steward_name=str(steward)[:200])


def _conclude(round, code, by):
    """What the backbone made of the results, published some days later and mailed to everyone who was asked."""
    told = story.read("conclusions")[code]
    day = round.closes_on + told["days"] * DAY
    texts = {language: told[language].strip() for language, _name in settings.LANGUAGES if language in told}
    with happening(initiative=round.initiative, day=day):
        conclusions.write(round=round, version=0, texts=texts, by=by)
        people = recipients(round)
        conclusions.publish(round=round, version=1, digest=people.digest, tells=bool(people.ids), by=by)
        conclusions.queue_results(round_id=round.pk)
    at = moment(initiative=round.initiative, day=day)
    Conclusion.objects.filter(round=round).update(published_at=at, told_at=at, queued_at=at)
    mails = Mailing.objects.filter(round=round, kind=Mailing.Kind.RESULTS)
    mails.update(state=Mailing.State.SENT, attempts=1, due_at=at, sent_at=at)
