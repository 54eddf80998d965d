"""May what people answered leave, to whom, and in which rows."""

import datetime
import secrets

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission
from surveys import definition
from surveys.export.codebook import Tally
from surveys.export.columns import MATRIX, columns_of, in_columns, releasable
from surveys.models import AnswersFile, Release, Response, Round
from surveys.queries.answering import definition_of
from surveys.queries.rounds import may_be_steward

LEAST_ORGANISATIONS = 2
ROWS_AT_ONCE = 500
# A worker says with every few hundred rows that it lives; an older claim belongs to one that is gone.
STALE_SECONDS = 300


def final_answers(round):
    return Response.objects.filter(round=round, submitted_at__isnull=False)


def export_refusal(round):
    """Why no file of this round's answers can be made at all: a sentence, or "" where nothing stands in the way."""
    if round.state != Round.State.CLOSED:
        return _("Before a round is closed nobody sees more than how many have answered.")
    if round.answers_deleted_at:
        day = formats.date_format(round.answers_deleted_at, "DATE_FORMAT")
        return _("The answers were deleted on %(day)s, as people had been told. The figures stay.") % {"day": day}
    if round.is_brought_in:
        return _("This round was asked elsewhere. Its answers lie in the file it was brought in from.")
    return ""


def release_refusal(round):
    """Why the answers of a confidential round cannot be released: a sentence, or ""."""
    if not round.steward_name:
        return _(
            "The first page of this survey named no data steward, so its answers are never released. Name one while the "
            "next round is a draft."
        )
    return export_refusal(round) or _incomplete(round) or _too_few(round) or _nothing_may_leave(round)


def _incomplete(round):
    if not round.answers_removed:
        return ""
    return _(
        "Somebody has taken their answers back since the figures were computed. Held against the figures, a file would "
        "tell what they had said: nothing is released any more."
    )


def _too_few(round):
    found = final_answers(round).aggregate(
        people=Count("pk"),
        # People without an organisation count as one: rather too few than too many.
        organisations=Count(Coalesce("invitation__organisation_id", -1), distinct=True),
    )
    if found["people"] >= round.smallest_group and found["organisations"] >= LEAST_ORGANISATIONS:
        return ""
    return _("Fewer than %(threshold)d people, or people of one organisation alone, answered: nothing is released.") % {
        "threshold": round.smallest_group
    }


def _nothing_may_leave(round):
    asked = columns_of(definition_of(round.instrument_version))
    if any(column.kind == MATRIX for column in asked) or columns_for(round):
        return ""
    return _("This questionnaire has no ratings, and no choices that enough people made: nothing of it may leave.")


def refusal(round):
    """Why nothing leaves this round, whoever asks: a sentence, or ""."""
    return export_refusal(round) if round.mode == Round.Mode.NAMED else release_refusal(round)


def sees_answers_page(membership, round):
    """Whether a member has anything to do with the answers of a round leaving the application."""
    if round.mode == Round.Mode.NAMED:
        return membership.can(Permission.ANSWERS_EXPORT)
    return not round.is_anonymous and (is_steward(membership, round) or membership.can(Permission.ROUND_RELEASE))


def is_steward(membership, round):
    return bool(round.steward_name) and round.steward_id == membership.user_id


def stewarded_rounds(initiative, user_id):
    """The closed rounds whose first page named this member as data steward, the latest first."""
    named = initiative.rounds.filter(steward=user_id, state=Round.State.CLOSED)
    return named.exclude(steward_name="").order_by("-closes_on", "-pk")


def can_ask(membership, round):
    """Whether a release can be asked for now: by the steward, when none waits and none is good."""
    waits = round.releases.filter(state=Release.State.REQUESTED).exists()
    return is_steward(membership, round) and not waits and not usable_release(round) and not release_refusal(round)


def may_be_released_by(round, user):
    """Whether `user` is the data steward whom the first page named, and still a member."""
    named = bool(round.steward_name) and round.steward_id == user.pk
    return named and may_be_steward(round.initiative).filter(pk=user.pk).exists()


def may_download(membership, round, release):
    """Whether a member may have files of these answers made, and open them, at this moment."""
    if export_refusal(round):
        return False
    if round.mode == Round.Mode.NAMED:
        return membership.can(Permission.ANSWERS_EXPORT)
    return is_steward(membership, round) and release is not None and release.is_usable


def usable_release(round):
    """The release that files can rest on now, or None."""
    approved = round.releases.filter(state=Release.State.APPROVED).order_by("-decided_at").first()
    return approved if approved and approved.is_usable else None


def releases_of(round):
    """All that was ever asked for, the newest first, with the two people."""
    return round.releases.select_related("requested_by", "decided_by")


def releases_for(initiative):
    """Releases of an initiative, for get_object_or_404 in a view about one of them."""
    related = ("round__initiative", "requested_by")
    return Release.objects.filter(round__initiative=initiative).select_related(*related)


def deciders(initiative, *, but):
    """People who may approve a release that `but` asks for."""
    roles = [role for role, permissions in PERMISSIONS_OF_ROLE.items() if Permission.ROUND_RELEASE in permissions]
    found = get_user_model().objects.filter(memberships__initiative=initiative, memberships__role__in=roles)
    return found.filter(is_active=True).exclude(pk=but.pk)


def own_files(user, round):
    """The files of a round that a person ordered and that are still there, newest first."""
    return AnswersFile.objects.filter(owner=user, round=round, expires_at__gt=timezone.now())


def own_files_in(initiative, user):
    """A person's files in an initiative, for get_object_or_404 by key; nobody else's, and none that is over."""
    found = AnswersFile.objects.filter(owner=user, round__initiative=initiative, expires_at__gt=timezone.now())
    return found.select_related("round__initiative", "release")


def parts_of(file):
    """The content of a file, a part at a time."""
    numbers = file.parts.order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        yield bytes(file.parts.values_list("content", flat=True).get(number=number))


def files_to_make(*, now):
    """Ids of the files that wait for a worker, or whose worker is gone."""
    stale = now - datetime.timedelta(seconds=STALE_SECONDS)
    waiting = Q(state=AnswersFile.State.WAITING) | Q(state=AnswersFile.State.MAKING, claimed_at__lt=stale)
    return list(AnswersFile.objects.filter(waiting, expires_at__gt=now).order_by("pk").values_list("pk", flat=True))


def expired_files(*, now):
    return list(AnswersFile.objects.filter(expires_at__lte=now).order_by("pk").values_list("pk", flat=True))


def columns_for(round):
    """The columns of a round's file in the active language: all of a named one, of any other what may be released."""
    columns = columns_of(definition_of(round.instrument_version))
    if round.mode == Round.Mode.NAMED:
        return columns
    choices = [column for column in columns if column.is_choice]
    tally = Tally(choices)
    if choices:
        for answers in final_answers(round).values_list("answers", flat=True).iterator(chunk_size=ROWS_AT_ONCE):
            tally.count(in_columns(answers, choices))
    return releasable(columns, told=tally.told, threshold=round.smallest_group)


def person_header(round):
    """The columns about the person: of a named round alone."""
    if round.mode != Round.Mode.NAMED:
        return []
    return [_("Name"), _("E-mail"), _("Organisation"), _("Sector"), _("Groups"), _("Language"), _("Sent at")]


def answer_rows(round, columns):
    """(about the person, answers), checked against the definition: by name in a named round, shuffled in any other.

    The order of a confidential file comes from the system's source of randomness, so that neither the order in which
    people were invited nor that in which they answered is left in it.
    """
    questions = definition_of(round.instrument_version)
    is_named = round.mode == Round.Mode.NAMED
    order = ("invitation__organisation_name", "invitation__name", "pk") if is_named else ("pk",)
    keys = list(final_answers(round).order_by(*order).values_list("pk", flat=True))
    if not is_named:
        secrets.SystemRandom().shuffle(keys)
    for start in range(0, len(keys), ROWS_AT_ONCE):
        chunk = keys[start : start + ROWS_AT_ONCE]
        found = _with_person(chunk, round) if is_named else _answers_alone(chunk)
        for person, answers in (found[key] for key in chunk if key in found):
            definition.check_answers(questions, answers)
            yield person, in_columns(answers, columns)


def _answers_alone(keys):
    rows = Response.objects.filter(pk__in=keys).values_list("pk", "answers")
    return {key: ((), answers) for key, answers in rows}


def _with_person(keys, round):
    about = ("name", "email", "organisation_name", "sector_name", "group_names", "language")
    fields = [f"invitation__{name}" for name in about]
    found = {}
    rows = Response.objects.filter(pk__in=keys).values_list("pk", "answers", "submitted_at", *fields)
    for key, answers, sent, name, email, organisation, sector, groups, language in rows:
        at = sent.astimezone(round.initiative.zone).strftime("%Y-%m-%d %H:%M")
        found[key] = (name, email, organisation, sector, ", ".join(groups), language, at), answers
    return found
