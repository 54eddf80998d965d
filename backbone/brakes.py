"""How often mails speak of an action item or a commitment. Pure arithmetic over days; no database and no clock.

Steps are the days on which a mail should speak: three days before it is due, on the day, then each week. A mail that
cannot leave on its step leaves on the first later day on which it may, and then stands for all steps until that day.
"""

import datetime

DAY = datetime.timedelta(days=1)
BEFORE = 3 * DAY
AGAIN = 7 * DAY
# So many mails speak of one thing, whatever for.
MOST_MAILS = 6
# A commitment that nobody has confirmed is asked about on the day after it was written down, and so many times in all.
MOST_QUESTIONS = 3
# No mail leaves earlier in the day of the person who gets it.
EARLIEST = datetime.time(8)


def last_step(due_on, today):
    """The last step until `today`, or None where there was none yet."""
    if due_on is None or today < due_on - BEFORE:
        return None
    if today < due_on:
        return due_on - BEFORE
    return due_on + (today - due_on) // AGAIN * AGAIN


def last_question(written_on, today):
    """The last day until `today` on which a mail should ask whether this was promised, or None."""
    asked = (today - written_on - DAY) // AGAIN
    return None if asked < 0 else written_on + DAY + min(asked, MOST_QUESTIONS - 1) * AGAIN


def is_wanted(step, since):
    """Whether a mail should speak now: there was a step, and none of the days until `since` stands for it."""
    return step is not None and (since is None or step > since)


def first_wanted(last, since, today, *, within):
    """The first day from `today` on, at most `within` days ahead, for which `last(day)` gives a step that is wanted; or None."""
    days = (today + ahead * DAY for ahead in range(within + 1))
    return next((day for day in days if is_wanted(last(day), since)), None)


def morning(day, zone):
    """The moment from which mails of that day may leave, on the clock of `zone`."""
    return datetime.datetime.combine(day, EARLIEST, tzinfo=zone)
