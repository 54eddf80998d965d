"""Rounds that come round by themselves: a plan drafts the next round, tells the directors, and sends nothing."""

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from core.doorbell import ring
from initiatives.actions import history
from surveys import definition
from surveys.actions import instruments
from surveys.actions.rounds import FIELDS, default_texts
from surveys.models import ClusterSector, Round, RoundPlan, RoundText, SectorCluster
from surveys.queries.conclusions import untold_before
from surveys.queries.plans import last_round, occurrence_due, telling_due
from surveys.queries.sending import people_to_tell

PLAN_FIELDS = ["months", "day", "days_open", "lead_days", "is_active"]
# What a round made by a plan has of its own; everything else of FIELDS is as in the last round.
OWN = ("title", "opens_on", "closes_on")


@transaction.atomic
def add(*, plan, by):
    """Save a new plan. `plan` is unsaved, as the form made it."""
    plan.created_by = by
    plan.save()
    after = history.snapshot(plan, ["instrument", *PLAN_FIELDS])
    history.record(initiative=plan.initiative, verb="round_plan.added", target=plan, after=after, by=by)
    return plan


@transaction.atomic
def change(*, plan, before, by):
    """Save a plan that a form changed. `before` is the snapshot of PLAN_FIELDS taken before the form touched it."""
    plan.save()
    after = history.snapshot(plan, PLAN_FIELDS)
    if after != before:
        history.record(
            initiative=plan.initiative, verb="round_plan.changed", target=plan, before=before, after=after, by=by
        )


def draft_due(*, plan_id):
    """Draft the next round of a plan if it is time and it is not there. Returns the round, or None.

    Once for each occurrence, however often and by however many workers it is tried: the second meets the constraint.
    A draft that was discarded is not drafted again.
    """
    plan = RoundPlan.objects.select_related("initiative", "instrument").get(pk=plan_id)
    opens_on = occurrence_due(plan)
    if opens_on is None or Round.objects.filter(plan=plan, planned_for=opens_on).exists():
        return None
    last = last_round(plan.initiative, plan.instrument_id)
    if last is None:
        return None
    version = _newest_version(plan)
    try:
        with transaction.atomic():
            return _draft(plan, opens_on, last, version)
    except IntegrityError:
        return None


def _newest_version(plan):
    if plan.instrument.code in definition.SHIPPED:
        return instruments.install_shipped(initiative=plan.initiative, by=None)[plan.instrument.code]
    return plan.instrument.versions.first()


def _draft(plan, opens_on, last, version):
    copied = {name: getattr(last, name) for name in FIELDS if name not in OWN}
    with translation.override(plan.initiative.default_language):
        title = _("Survey of %(month)s") % {"month": opens_on.strftime("%Y-%m")}
    round = Round.objects.create(
        initiative=plan.initiative,
        instrument_version=version,
        plan=plan,
        planned_for=opens_on,
        title=title,
        opens_on=opens_on,
        closes_on=opens_on + datetime.timedelta(days=plan.days_open),
        **copied,
    )
    round.sectors.set(last.sectors.all())
    round.groups.set(last.groups.all())
    _copy_texts(round, last)
    _copy_clusters(round, last)
    after = history.snapshot(round, FIELDS) | {"made_from": last.pk}
    history.record(initiative=plan.initiative, verb="round.drafted", target=round, after=after, by=None)
    ring("surveys.tasks.tell_of_draft", round.pk)
    return round


def _copy_texts(round, last):
    """The words as they were edited for the last round; a kind or language that it had not gets the shipped ones."""
    texts = {(text.kind, text.language): text for text in default_texts(round=round)}
    for text in last.texts.all():
        texts[text.kind, text.language] = RoundText(
            round=round, kind=text.kind, language=text.language, subject=text.subject, body=text.body
        )
    RoundText.objects.bulk_create(texts.values())


def _copy_clusters(round, last):
    for cluster in last.clusters.prefetch_related("members"):
        copy = SectorCluster.objects.create(round=round, name=cluster.name, position=cluster.position)
        ClusterSector.objects.bulk_create(
            ClusterSector(cluster=copy, round=round, sector_id=member.sector_id) for member in cluster.members.all()
        )


def tell_of_draft(*, round_id):
    """Mail the directors that a draft waits for them, and once more before it should open. Returns how many were written to.

    What was done is written before a mail leaves, so that of two workers one does it. In quiet time nobody is written to;
    the next sweeps try again.
    """
    round = Round.objects.select_related("initiative").get(pk=round_id)
    due = telling_due(round)
    if not due or not round.initiative.is_awake():
        return 0
    field = f"{due}_of_draft_at"
    mine = Round.objects.filter(pk=round_id, state=Round.State.DRAFT, **{field: None})
    if not mine.update(**{field: timezone.now()}):
        return 0
    people = people_to_tell(round.initiative)
    for person in people:
        with translation.override(person.language or round.initiative.default_language):
            _mail(round, person, is_reminder=due == "reminded").send(fail_silently=True)
    return len(people)


def _mail(round, person, *, is_reminder):
    lines = [
        _("“%(round)s” was drafted from the last round and waits for you.") % {"round": round.title},
        _("It would open on %(day)s. Nothing is sent until a director has looked at the preview and pressed send.")
        % {"day": formats.date_format(round.planned_for, "DATE_FORMAT")},
        f"{settings.BASE_URL}{round.get_absolute_url()}",
    ]
    if is_reminder:
        lines.insert(1, _("It has not been sent yet. You are reminded this once."))
    if untold := untold_before(round):
        lines.append(
            _("You have not told partners what came of the last survey, “%(round)s”:") % {"round": untold.title}
        )
        lines.append(f"{settings.BASE_URL}{untold.get_absolute_url()}")
    return EmailMessage(
        subject=_("A survey round waits for you: %(round)s") % {"round": " ".join(round.title.split())},
        body="\n\n".join(lines),
        to=[person.email],
    )
