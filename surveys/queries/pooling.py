"""The pools of an anonymous round, opened for as long as a request or a task needs them. Nothing read here is shown to anybody
person by person."""

from dataclasses import dataclass, field

from django.db.models import Count

from surveys.models import AnswerPool
from surveys.sealing import unseal

# So many people share a pool: small enough to be sealed anew with each submit.
PEOPLE_PER_POOL = 200


@dataclass
class Content:
    """The invitations that have answered, sorted, and the answers, shuffled: no place in one says anything of the other."""

    answered: list = field(default_factory=list)
    answers: list = field(default_factory=list)


def pools_for(people):
    """How many pools a round of so many people needs."""
    return max(1, -(-people // PEOPLE_PER_POOL))


def number_of(invitation):
    return invitation.pk % invitation.round.pools


def content_of(pool):
    """The Content of an AnswerPool; empty where there is none yet."""
    if pool is None or not pool.sealed:
        return Content()
    return Content(**unseal(bytes(pool.sealed), round_id=pool.round_id, number=pool.number))


def has_answered(invitation):
    """Whether the person behind an invitation of an anonymous round has answered: for that person only."""
    pool = AnswerPool.objects.filter(round=invitation.round_id, number=number_of(invitation)).first()
    return invitation.pk in content_of(pool).answered


def everything_in(round_id):
    """The Content of all pools of a round together."""
    everything = Content()
    for pool in AnswerPool.objects.filter(round=round_id).order_by("number"):
        content = content_of(pool)
        everything.answered += content.answered
        everything.answers += content.answers
    return everything


def least_answers(round):
    """How many answers a figure of an anonymous round needs. Nobody knows who gave them: so many that they cannot all have
    come from one organisation."""
    by_organisation = round.invitations.order_by().values("organisation", "organisation_name").annotate(n=Count("id"))
    largest = max((row["n"] for row in by_organisation), default=0)
    return max(round.smallest_group, largest + 1)
