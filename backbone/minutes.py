"""Where staff minutes go: durations, the functions they are split over, and how they are read. No database, no clock."""

from django.utils.translation import gettext as _


def staff_minutes(duration, present):
    """Duration times the staff present. Nobody named still means that somebody of the backbone did it."""
    return duration * max(present, 1)


def split(minutes, weights):
    """Whole minutes by key that add up to `minutes`, in proportion to `weights` ({key: weight}, weights from 1).

    Largest remainder: everybody gets the whole part of the exact share, and the minutes left over go one by one to the
    largest fractions, the first key first where they are equal. Exact, because all is counted in whole numbers.
    """
    total = sum(weights.values())
    parts = {key: minutes * weight // total for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: -(minutes * weights[key] % total))
    for key in by_remainder[: minutes - sum(parts.values())]:
        parts[key] += 1
    return parts


def in_words(minutes):
    """ "45 min", "2 h", "1 h 30 min"; "" for no minutes at all, which no sentence should give as 0."""
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return ""
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
