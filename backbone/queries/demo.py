"""The demo as visitors meet it: who they may be, with one click, and whose survey they may answer or see the results of."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from core.network import is_local
from initiatives.models import HistoryEntry, Initiative
from initiatives.permissions import Role
from initiatives.queries import demo_memberships
from surveys.models import Invitation, Round
from surveys.tokens import survey_token

DEMO_ROLES = [Role.DIRECTOR, Role.STAFF, Role.COMMITTEE, Role.CO_CHAIR]
# The last entry that loading writes: without it the load was cut off.
DEMO_LOADED = "demo.loaded"


def demo_people(request):
    """The memberships one may sign in as without a code. Empty outside the demo and for anyone but this machine."""
    if not (settings.DEMO and is_local(request)):
        return []
    members = demo_memberships()
    return [members[role] for role in DEMO_ROLES if role in members]


def demo_survey_address(request):
    """The survey link of a demo partner who has not begun to answer, or "" (see `demo_people`)."""
    if not (settings.DEMO and is_local(request)):
        return ""
    waiting = Invitation.objects.filter(
        round__initiative__is_demo=True, round__state=Round.State.OPEN, state=Invitation.State.INVITED, response=None
    )
    invitation = waiting.order_by("language", "pk").first()
    if invitation is None:
        return ""
    return reverse("answering:welcome", args=[survey_token(invitation.pk, invitation.link_version)])


def demo_results_address(request):
    """The results at the survey link of a demo partner who answered the last closed round, or "" (see `demo_people`)."""
    if not (settings.DEMO and is_local(request)):
        return ""
    answered = Invitation.objects.filter(
        round__initiative__is_demo=True,
        round__state=Round.State.CLOSED,
        round__instrument_version__instrument__audience="partners",
        state=Invitation.State.FINISHED,
    )
    invitation = answered.order_by("-round__closes_on", "language", "pk").first()
    if invitation is None:
        return ""
    return reverse("answering:results", args=[survey_token(invitation.pk, invitation.link_version)])


def _loaded():
    return Exists(HistoryEntry.objects.filter(initiative=OuterRef("pk"), verb=DEMO_LOADED))


def is_complete():
    """Is a demo there that was loaded to its end?"""
    return Initiative.objects.filter(_loaded(), is_demo=True).exists()


def unfinished_demos():
    """What loads that were cut off left behind."""
    return list(Initiative.objects.filter(~_loaded(), is_demo=True))


def only_demos():
    """Is there no initiative but the demo's? Then nobody works here yet."""
    return not Initiative.objects.filter(is_demo=False).exists()
