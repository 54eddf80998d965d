"""The people who have to be won for policy: when somebody last spoke with them, how often, and what they bear on."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from backbone.models import Activity, Evidence, PolicyItem, TargetAudience
from initiatives.models import FunctionCode
from initiatives.permissions import Permission
from initiatives.queries import snapshot

QUIET_DAYS = 90


def audience_snapshot(audience):
    return snapshot(audience, ["name", "note"])


def audiences_of(initiative):
    return initiative.target_audiences.all()


def things_that_name(audience):
    """{"activities": 2, "evidence": 0, "policy_items": 1}: how many name an audience, with those that can be restored."""
    named_in = {"activities": Activity, "evidence": Evidence, "policy_items": PolicyItem}
    return {name: model.with_deleted.filter(target_audiences=audience).count() for name, model in named_in.items()}


def contacts_told_to(membership):
    """The activities of function policy of which a member may know that they were: what happened behind the scenes is
    for those alone who read the log."""
    found = membership.initiative.activities.filter(
        shares__function__code=FunctionCode.POLICY, held_on__lte=membership.initiative.today()
    )
    return found if membership.can(Permission.ACTIVITY_VIEW) else found.filter(behind_the_scenes=False)


def with_contacts(membership, found):
    """Audiences with `last_contact` and `spoken_on` of the last activity with them, and `contacts` in this fiscal year."""
    today = membership.initiative.today()
    first, _last = membership.initiative.fiscal_year(today)
    theirs = contacts_told_to(membership).filter(target_audiences=OuterRef("pk"))
    last = theirs.order_by("-held_on", "-id")
    # Counted apart, so that no join multiplies.
    counted = theirs.filter(held_on__gte=first).order_by().values("target_audiences").annotate(number=Count("pk"))
    return found.annotate(
        last_contact=Subquery(last.values("pk")[:1]),
        spoken_on=Subquery(last.values("held_on")[:1]),
        contacts=Coalesce(Subquery(counted.values("number")), 0),
    )


def quiet_since(initiative):
    """Whoever was last spoken with before this day was not spoken with for long."""
    return initiative.today() - datetime.timedelta(days=QUIET_DAYS)


def _is_quiet(initiative):
    return Q(spoken_on=None) | Q(spoken_on__lt=quiet_since(initiative))


def filtered(initiative, found, *, quiet=False, search=""):
    """Audiences with their contacts, as the filters leave them."""
    if quiet:
        found = found.filter(_is_quiet(initiative))
    for word in search.split():
        found = found.filter(Q(name__icontains=word) | Q(note__icontains=word))
    return found


def in_order(found):
    """Those not spoken with for the longest time first."""
    items = Prefetch("policy_items", PolicyItem.objects.order_by("title", "id"), to_attr="items")
    return found.prefetch_related(items).order_by(F("spoken_on").asc(nulls_first=True), "name", "id")


def quiet_of_all(membership):
    """(how many audiences were not spoken with for 90 days, how many there are)."""
    found = with_contacts(membership, audiences_of(membership.initiative).order_by())
    counted = found.aggregate(quiet=Count("pk", filter=_is_quiet(membership.initiative)), all=Count("pk"))
    return counted["quiet"], counted["all"]


@dataclass(frozen=True)
class AudienceRow:
    """An audience as pages show it. `activity` is the last one with them and `people` who spoke; None and "" for those
    who may not read the log."""

    audience: TargetAudience
    spoken_on: datetime.date | None
    is_quiet: bool
    contacts: int
    items: list
    activity: Activity | None
    people: str


def rows_of(found, membership):
    """The rows of audiences (a page) that came from `with_contacts` and `in_order`."""
    found = list(found)
    activities = _last_activities(found, membership)
    since = quiet_since(membership.initiative)
    return [_row(audience, activities.get(audience.last_contact), since, membership) for audience in found]


def _last_activities(found, membership):
    if not membership.can(Permission.ACTIVITY_VIEW):
        return {}
    keys = [audience.last_contact for audience in found if audience.last_contact]
    rows = membership.initiative.activities.filter(pk__in=keys).prefetch_related("people")
    return {activity.pk: activity for activity in rows}


def _row(audience, activity, since, membership):
    people = ", ".join(str(person) for person in activity.people.all()) if activity else ""
    for item in audience.items:
        item.initiative = membership.initiative
    return AudienceRow(
        audience,
        audience.spoken_on,
        audience.spoken_on is None or audience.spoken_on < since,
        audience.contacts,
        audience.items,
        activity,
        people,
    )


def audiences_of_item(membership, item):
    """The rows of the audiences of one policy item."""
    return rows_of(in_order(with_contacts(membership, item.target_audiences.all())), membership)
