"""Starting an initiative, changing its settings, deleting the demo."""

import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from initiatives.actions import history
from initiatives.models import Function, FunctionCode, Initiative, Membership, within
from initiatives.permissions import Role
from initiatives.queries import DEMO_ADDRESS_ENDING, free_slug

SETTINGS = [
    "name",
    "time_zone",
    "default_language",
    "currency",
    "fiscal_year_starts_in",
    "threshold",
    "retention_months",
    "quiet_from",
    "quiet_until",
    "quiet_weekends",
    "holidays",
    "mail_gap_days",
    "sends_reminders",
]
# What a new initiative is offered: no mails at night and on weekends.
QUIET_NIGHTS = {"quiet_from": datetime.time(20), "quiet_until": datetime.time(8), "quiet_weekends": True}
ROWS_AT_ONCE = 500


def start(
    *,
    name,
    slug="",
    time_zone="UTC",
    default_language="en",
    currency="USD",
    fiscal_year_starts_in=1,
    quiet_nights=False,
    is_demo=False,
    by,
):
    """Make an initiative with its functions and `by` as director. Without `slug` one is made from the name; with
    `quiet_nights` its mails leave by day and on weekdays only.

    Raises ValidationError on `slug` when another initiative has it.
    """
    try:
        with transaction.atomic():
            initiative = Initiative.objects.create(
                name=name,
                slug=slug or free_slug(name),
                time_zone=time_zone,
                default_language=default_language,
                currency=currency,
                fiscal_year_starts_in=fiscal_year_starts_in,
                is_demo=is_demo,
                **(QUIET_NIGHTS if quiet_nights else {}),
            )
            _give_functions(initiative)
            Membership.objects.create(initiative=initiative, user=by, role=Role.DIRECTOR)
            after = history.snapshot(initiative, ["slug", *SETTINGS])
            history.record(initiative=initiative, verb="started", target=initiative, after=after, by=by)
    except IntegrityError:
        raise ValidationError({"slug": _("Another initiative uses this short name. Choose a different one.")}) from None
    return initiative


def _give_functions(initiative):
    """The six in use; the seventh is there and switched off."""
    Function.objects.bulk_create(
        Function(initiative=initiative, code=code, position=position, enabled=code != FunctionCode.EQUITY)
        for position, code in enumerate(FunctionCode.values)
    )


def change_settings(*, initiative, changes, by):
    """Write the fields in `changes` (names of SETTINGS to values); history holds exactly those that differ."""
    unknown = set(changes) - set(SETTINGS)
    if unknown:
        raise ValueError(f"not settings of an initiative: {sorted(unknown)}")
    with transaction.atomic():
        current = Initiative.objects.select_for_update().get(pk=initiative.pk)
        before = history.snapshot(current, SETTINGS)
        for name, value in changes.items():
            setattr(current, name, value)
        after = history.snapshot(current, SETTINGS)
        if before != after:
            current.save(update_fields=list(changes))
            history.record(
                initiative=current, verb="settings_changed", target=current, before=before, after=after, by=by
            )
    return current


def delete_demo(*, initiative):
    """Delete the demo and its made-up people, in short transactions, so that nobody else's writing waits.

    What belongs to it is found by `initiative_path`, users of rows before the rows they use. If it is cut off, doing it
    again goes on: the initiative and its members go last. Refuses (ValueError) anything that is not the demo.
    """
    if not initiative.is_demo:
        raise ValueError("only the demo can be deleted")
    people = list(initiative.memberships.values_list("user_id", flat=True))
    for model in reversed(list(apps.get_models())):
        if getattr(model, "initiative_path", ""):
            _delete_in_chunks(within(model._base_manager.all(), initiative))
    initiative.delete()
    _delete_in_chunks(
        User.objects.filter(pk__in=people, email__endswith=DEMO_ADDRESS_ENDING, memberships=None, is_superuser=False)
    )


def _delete_in_chunks(queryset):
    while keys := list(queryset.order_by().values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        queryset.model._base_manager.filter(pk__in=keys).delete()
