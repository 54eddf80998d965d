"""Of which kind an activity was and the facts of that kind, in words."""

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone import people_range
from backbone.models import Activity


def facts_of(activity):
    """ "consult · 40 to 60 people", "on data agreements · 2.5 days · 3 partners"; "" where it is other work."""
    said = FACTS.get(activity.kind, lambda _activity: [])(activity)
    return " · ".join(filter(None, said))


def facts_lost(activity, kind):
    """Whether it tells anything that another kind has no place for; its level of engagement goes with the kind."""
    told = {
        "people": activity.people_least is not None,
        "audience": bool(activity.audience),
        "topic": bool(activity.topic),
        "days": activity.days is not None,
    }
    return any(told[name] for name in told if name not in Activity.FIELDS_OF_KIND[kind])


def _engagement(activity):
    return [activity.get_engagement_level_display(), _people(activity)]


def _communication(activity):
    return [_audience(activity), _people(activity)]


def _achievement(activity):
    return [_audience(activity), _people(activity), _partners(activity)]


def _assistance(activity):
    days = "" if activity.days is None else days_in_words(activity.days)
    topic = activity.topic and _("on %(topic)s") % {"topic": activity.topic}
    return [topic, days, _partners(activity)]


def _audience(activity):
    return activity.audience and _("for %(audience)s") % {"audience": activity.audience}


def _people(activity):
    return people_range.in_words(activity.people_least, activity.people_most)


def _partners(activity):
    number = len(activity.partners.all())
    return ngettext("%(number)d partner", "%(number)d partners", number) % {"number": number} if number else ""


def days_in_words(days):
    """ "1 day", "2.5 days"."""
    return ngettext("%(number)s day", "%(number)s days", 1 if days == 1 else 2) % {"number": plain_days(days)}


def plain_days(days):
    """ "2", "2.5", as numbers are written in the reader's language."""
    return localize(int(days) if days == int(days) else days)


FACTS = {
    Activity.Kind.ENGAGEMENT: _engagement,
    Activity.Kind.COMMUNICATION: _communication,
    Activity.Kind.ACHIEVEMENT: _achievement,
    Activity.Kind.ASSISTANCE: _assistance,
}
