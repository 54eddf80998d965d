"""The order of the days of a resource: asked for, then pledged, then received or fallen through. No database, no clock."""

from django.utils.translation import gettext_lazy as _

DAYS = ["asked_on", "pledged_on", "received_on", "fell_through_on"]
FUTURE = _("This day has not come yet. Choose today or an earlier one.")
NO_DAY = _("Write at least one day: asked for, pledged or received.")
BOTH_ENDS = _("It was received, or it fell through. Keep one of the two days.")
# Of two days that stand in the wrong order: (the earlier, the later, what is said at the later).
ORDER = [
    ("asked_on", "pledged_on", _("It was pledged before it was asked for. Change one of the two days.")),
    ("asked_on", "received_on", _("It was received before it was asked for. Change one of the two days.")),
    ("pledged_on", "received_on", _("It was received before it was pledged. Change one of the two days.")),
    ("asked_on", "fell_through_on", _("It fell through before it was asked for. Change one of the two days.")),
    ("pledged_on", "fell_through_on", _("It fell through before it was pledged. Change one of the two days.")),
]


def problems(days, today):
    """{name: sentence} of days that cannot be so; {} where they can. `days` are by the names of DAYS, None for no day."""
    known = {name: days[name] for name in DAYS if days.get(name) is not None}
    found = {name: FUTURE for name, day in known.items() if day > today}
    for earlier, later, sentence in ORDER:
        if earlier in known and later in known and known[later] < known[earlier]:
            found.setdefault(later, sentence)
    if {"received_on", "fell_through_on"} <= set(known):
        found.setdefault("fell_through_on", BOTH_ENDS)
    if not set(known) - {"fell_through_on"}:
        found.setdefault("asked_on", NO_DAY)
    return found
