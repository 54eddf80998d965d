"""What each kind of activity asks for, and what does not fit it. Pure: no database and no clock.

A field named "people" here is how many people were reached.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

WORK, ENGAGEMENT, COMMUNICATION, ACHIEVEMENT, ASSISTANCE = (
    "work",
    "engagement",
    "communication",
    "achievement",
    "assistance",
)
# Which fields belong to which kind; of every other kind they stay empty.
FIELDS_OF_KIND = {
    WORK: (),
    ENGAGEMENT: ("engagement_level", "people"),
    COMMUNICATION: ("audience", "people"),
    ACHIEVEMENT: ("audience", "people"),
    ASSISTANCE: ("topic", "days"),
}
NEEDED = {
    ENGAGEMENT: "engagement_level",
    COMMUNICATION: "audience",
    ACHIEVEMENT: "audience",
    ASSISTANCE: "topic",
}
SENTENCES = {
    "no_engagement_level": _("Say how much the community had to say: choose a level."),
    "no_audience": _("Say whom it was meant for: an audience, in a few words."),
    "no_topic": _("Say what the assistance was about, in a few words."),
    "no_partner": _("Say whose achievement it was: name at least one partner."),
    "foreign_engagement_level": _("Only community engagement has a level. Choose that kind, or leave the level open."),
    "foreign_people": _(
        "How many people were reached is said of community engagement, of a communication or of a partner achievement. "
        "Choose one of these kinds, or leave this empty."
    ),
    "foreign_audience": _(
        "Only a communication and a partner achievement have an audience. Choose one of the two, or leave this empty."
    ),
    "foreign_topic": _("Only technical assistance has a topic. Choose that kind, or leave this empty."),
    "foreign_days": _("Only technical assistance is counted in days. Choose that kind, or leave this empty."),
    "not_policy": _(
        "Target audiences belong to work on policy. Choose the function for policy as well, or choose no target audience."
    ),
}


def problems(kind, said, *, serves_policy):
    """Yield (field, code) of all that does not fit the kind; sentences in SENTENCES.

    `said`: the names of those fields that say something, "partners" and "target_audiences" among them.
    """
    own = FIELDS_OF_KIND[kind]
    for name in dict.fromkeys(field for fields in FIELDS_OF_KIND.values() for field in fields):
        if name in said and name not in own:
            yield name, f"foreign_{name}"
    needed = NEEDED.get(kind)
    if needed and needed not in said:
        yield needed, f"no_{needed}"
    if kind == ACHIEVEMENT and "partners" not in said:
        yield "partners", "no_partner"
    if "target_audiences" in said and not serves_policy:
        yield "target_audiences", "not_policy"


def kinds_with(name):
    """The kinds that a field belongs to."""
    return [kind for kind, fields in FIELDS_OF_KIND.items() if name in fields]


def days_written(days):
    """Days as they are typed and kept: "", "2" or "2.5"."""
    return "" if days is None else f"{Decimal(days):.1f}".removesuffix(".0")
