"""The cells of a file that say of which kind an activity was, and the facts of that kind. No database."""

from decimal import Decimal, InvalidOperation

from backbone import activity_kinds, people_range
from backbone.row_files import Refused, named, parts

COLUMNS = {
    "kind": ("Kind", "Tipo", "Type"),
    "engagement_level": ("Level", "Level of engagement", "Nivel", "Niveau"),
    "audience": ("Audience", "For whom", "Público", "Public"),
    # "People" alone has always been a name for the staff.
    "reached": ("People reached", "Reach", "Personas alcanzadas", "Personnes touchées"),
    "topic": ("Topic", "Tema", "Sujet"),
    "days": ("Days", "Días", "Jours"),
    "target_audiences": ("Target audiences", "Target audience"),
}
LONGEST = {"audience": 200, "topic": 200}
MOST_DAYS = 9_999
SENTENCES = activity_kinds.SENTENCES | people_range.SENTENCES


def facts_of(text, known):
    """The columns of an activity that belong to its kind; a blank kind is other work."""
    [kind] = named("kind", [text["kind"]], known.kinds) if text["kind"] else [activity_kinds.WORK]
    levels = named("engagement_level", [text["engagement_level"]], known.levels) if text["engagement_level"] else [""]
    least, most = _people(text["reached"])
    return {
        "kind": kind,
        "engagement_level": levels[0],
        "audience": text["audience"],
        "topic": text["topic"],
        "days": _days(text["days"]),
        "people_least": least,
        "people_most": most,
    }


def target_audiences_of(text, known):
    return tuple(named("target_audiences", parts(text["target_audiences"]), known.target_audiences))


def check(text, kind, *, serves_policy):
    """Refuse what the form would refuse: a fact of another kind, and one that is needed and missing."""
    said = {"people" if column == "reached" else column for column in (*COLUMNS, "partners") if text[column]}
    for name, code in activity_kinds.problems(kind, said, serves_policy=serves_policy):
        raise Refused("reached" if name == "people" else name, code)


def _people(text):
    try:
        return people_range.read(text)
    except people_range.NotARange as problem:
        raise Refused("reached", problem.code) from None


def _days(text):
    if not text:
        return None
    try:
        days = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Refused("days", "not_days") from None
    if not days.is_finite() or not 0 <= days <= MOST_DAYS or days != round(days, 1):
        raise Refused("days", "not_days")
    return days
