from django.db import connection
from django.forms.models import model_to_dict
from django.utils.text import slugify

from core.statements import CompiledRead, columns_of
from initiatives.models import Function, Initiative, Membership
from initiatives.permissions import PERMISSIONS_OF_ROLE, Permission, Role

LONGEST_HISTORY_VALUE = 2_000
AGENDA_TEXTS = ["problem", "population", "vision", "principles"]
# Reserved for examples: no real mailbox has such an address, so deleting the demo can take no real person along.
DEMO_ADDRESS_ENDING = ".example"

OWN_COLUMNS = columns_of(Membership)
# The read behind every page of an initiative.
_door = CompiledRead(
    lambda user, slug: Membership.objects.filter(user=user, initiative__slug=slug).values_list(
        *OWN_COLUMNS, *columns_of(Initiative, "initiative__")
    ),
    parameters=(int, str),
)


def membership_for(*, user, slug):
    """The membership, with its initiative, through which `user` enters `slug`; None for strangers and the signed-out."""
    row = _door.first(user.pk, slug) if user.is_authenticated else None
    if row is None:
        return None
    membership = Membership.from_db(connection.alias, OWN_COLUMNS, row[: len(OWN_COLUMNS)])
    membership.initiative = Initiative.from_db(connection.alias, columns_of(Initiative), row[len(OWN_COLUMNS) :])
    return membership


def initiatives_of(user):
    """The memberships of `user` with their initiatives, by name."""
    return user.memberships.select_related("initiative").order_by("initiative__name")


def snapshot(target, fields):
    """The named fields of a row as JSON-ready values, to be taken before and after a change."""
    return {name: _plain(value) for name, value in model_to_dict(target, fields=fields).items()}


def _plain(value):
    if isinstance(value, bool | int | type(None)):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(getattr(value, "pk", value))[:LONGEST_HISTORY_VALUE]


def free_slug(name):
    """A short name made from `name` that no initiative has yet: "bright-futures", then "bright-futures-2"."""
    base = slugify(name)[:50].strip("-") or "initiative"
    taken = set(Initiative.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def current_agenda(initiative):
    """The version in force; None while nothing was written."""
    return initiative.agendas.order_by("-number").first()


def agenda_version(initiative):
    agenda = current_agenda(initiative)
    return agenda.number if agenda else 0


def agenda_snapshot(initiative):
    """The agenda in force with its goals, as history keeps it and as a form begins."""
    agenda = current_agenda(initiative)
    texts = {name: getattr(agenda, name, "") for name in AGENDA_TEXTS}
    return texts | {"goals": [[goal.title, goal.description] for goal in initiative.goals.all()]}


_functions = CompiledRead(
    lambda initiative: Function.objects.filter(initiative=initiative).values_list(*columns_of(Function)),
    parameters=(int,),
)


def functions_of(initiative):
    """The functions of an initiative, also those that are not in use, in their order: one query."""
    rows = _functions.all(initiative.pk)
    return [Function.from_db(connection.alias, columns_of(Function), row) for row in rows]


def functions_snapshot(initiative):
    """Label and switch of each function by code."""
    return {f.code: {"label": f.label, "enabled": f.enabled} for f in initiative.functions.all()}


def members_of(initiative):
    """The memberships with their people, directors first, as the list of members shows them."""
    order = {role: position for position, role in enumerate(Role)}
    members = initiative.memberships.select_related("user")
    return sorted(members, key=lambda member: (order[member.role], str(member.user).casefold()))


def permission_matrix():
    """Rows of (permission label, one bool per role), from the very table that decides."""
    return [(permission.label, [permission in PERMISSIONS_OF_ROLE[role] for role in Role]) for permission in Permission]


def demo_memberships():
    """The people of the demo by role, one each, through whom it can be tried."""
    members = Membership.objects.select_related("user").filter(initiative__is_demo=True, user__is_active=True)
    return {member.role: member for member in members.order_by("-id")}
