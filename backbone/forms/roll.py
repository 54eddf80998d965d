"""The roll as it is typed: one line of radio buttons for each person, and what the page showed when it came."""

import json
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.models import Attendance
from backbone.models.meetings import HIGHEST_ENGAGEMENT
from backbone.queries.roll import RollLine, found_people, people_to_name, possible_proxies, roll_lines
from partners.names import fold, tidy

LONGEST_NAME = 200
LONGEST_KEY = 18
NOTHING = ("", None, "")
# What everybody not yet noted may begin as; somebody is then tapped only where it was different.
STARTS = (Attendance.State.PRESENT, Attendance.State.REMOTE, Attendance.State.ABSENT)

LEVELS = [
    (0, gettext_lazy("In the room, but not with us: silent, or busy with something else.")),
    (1, gettext_lazy("Listened, and answered when asked.")),
    (2, gettext_lazy("Brought in views of their own and worked along.")),
    (3, gettext_lazy("Carried the meeting: prepared or led a part of it, or took on work.")),
]


@dataclass
class Row:
    """A line as the page shows it: `state` is what is chosen, `proxy` what stands in the field, `note` what happened to it."""

    line: RollLine
    state: str = ""
    proxy: str = ""
    note: str = ""
    choices: list = field(default_factory=list)


class RollForm:
    """Reads the page for `meeting`. Not a Django form: hundreds of lines are read in one pass."""

    def __init__(self, data, *, meeting, membership, start=None):
        self.data, self.meeting = data, meeting
        self.people = people_to_name(membership, meeting)
        self.added = self._keys("add") if data else []
        wanted = [*self._keys("also"), *self.added] if data else []
        self.also = list(self.people.filter(pk__in=wanted)) if wanted else []
        self.lines = roll_lines(meeting, also=self.also)
        self.by_key = {line.contact.pk: line for line in self.lines}
        self.proxies = possible_proxies(self.people, self.lines)
        self.start = self._start(start)
        self.rows = [self._row(line) for line in self.lines]

    # What was typed

    @property
    def said(self):
        return {row.line.contact.pk: (row.state, *self._proxy(row)) for row in self.rows}

    @property
    def shown(self):
        """What the page showed when it came; a page that does not say it showed nothing."""
        return {key: tuple(value) for key, value in _told(self.data.get("shown"), _is_noted).items()}

    @property
    def is_to_be_saved(self):
        """By its button, or by Enter, unless somebody is just being looked for."""
        return bool(self.data) and ("save" in self.data or ("enter" in self.data and not self._words))

    @property
    def found(self):
        """Who is meant by the words in the search; None where nobody was looked for."""
        return found_people(self.people, self._words, without=list(self.by_key)) if self._words else None

    @property
    def _words(self):
        return tidy(self.data.get("search", ""))[:LONGEST_NAME] if self.data and not self.added else ""

    def after_conflict(self, kept):
        """The page anew: lines that somebody else changed show what is noted now, and say what was chosen here."""
        typed = {row.line.contact.pk: row for row in self.rows}
        self.data, self.start = None, ""
        self.lines = roll_lines(self.meeting, also=self.also)
        self.rows = [self._row(line) for line in self.lines]
        for row in self.rows:
            if row.line.contact.pk in kept:
                row.note = _("Noted meanwhile by somebody else. You had chosen: %(state)s.") % {
                    "state": _state_in_words(typed[row.line.contact.pk])
                }

    # What is shown

    @property
    def as_shown(self):
        return json.dumps({line.contact.pk: line.noted for line in self.lines if line.attendance})

    @property
    def counts(self):
        found = Counter(row.state for row in self.rows)
        return [(value, label, found[value]) for value, label in _choices()]

    @property
    def starts(self):
        return [(state.value, state.label) for state in STARTS]

    @property
    def has_open_lines(self):
        return any(line.attendance is None for line in self.lines)

    @property
    def proxy_names(self):
        return [_full_name(contact) for contact in self.proxies]

    def _keys(self, name):
        return [int(key) for key in self.data.getlist(name) if key.isdecimal() and len(key) <= LONGEST_KEY]

    def _start(self, start):
        """What those begin as of whom nothing is noted: as asked for, else what is likely, and nothing before the meeting."""
        if self.data is not None or start is not None:
            return start if start in STARTS else ""
        if self.meeting.starts_at > timezone.now() or any(line.attendance for line in self.lines):
            return ""
        return Attendance.State.REMOTE if self.meeting.link and not self.meeting.place else Attendance.State.PRESENT

    def _row(self, line):
        state, _proxy_id, proxy_name = line.noted
        proxy = _full_name(line.attendance.proxy) if line.attendance and line.attendance.proxy else proxy_name
        if self.data is not None:
            key = line.contact.pk
            state = self.data.get(f"state_{key}", "")
            state = state if state in Attendance.State.values else ""
            state = state or (Attendance.State.PRESENT if key in self.added else "")
            proxy = tidy(self.data.get(f"proxy_{key}", ""))[:LONGEST_NAME]
        elif line.attendance is None:
            state = self.start
        return Row(line, str(state), proxy, choices=_choices())

    def _proxy(self, row):
        """(key, name) of who came: the contact whose name it is, if it is one person's; else the name as it was typed."""
        if row.state != Attendance.State.PROXY or not row.proxy:
            return None, ""
        words = fold(row.proxy)
        exact = [contact for contact in self.proxies if fold(_full_name(contact)) == words]
        named = exact or [contact for contact in self.proxies if fold(contact.name) == words]
        return (named[0].pk, "") if len(named) == 1 else (None, row.proxy)


class EngagementForm:
    """Levels of engagement of those who took part; what is not chosen stays missing."""

    def __init__(self, data, *, meeting):
        self.data, self.meeting = data, meeting
        self.rows = [self._row(line) for line in roll_lines(meeting) if line.noted[0] in Attendance.TOOK_PART]

    @property
    def said(self):
        return {row.line.contact.pk: int(row.state) if row.state else None for row in self.rows}

    @property
    def shown(self):
        return _told(self.data.get("shown"), _is_level)

    @property
    def as_shown(self):
        return json.dumps({row.line.contact.pk: row.line.attendance.engagement for row in self.rows})

    def after_conflict(self, kept):
        typed = {row.line.contact.pk: row.state for row in self.rows}
        self.__init__(None, meeting=self.meeting)
        for row in self.rows:
            if row.line.contact.pk in kept:
                said = typed.get(row.line.contact.pk) or _("not noted")
                row.note = _("Noted meanwhile by somebody else. You had chosen: %(state)s.") % {"state": said}

    def _row(self, line):
        level = line.attendance.engagement
        if self.data is not None:
            level = self.data.get(f"level_{line.contact.pk}", "")
        choices = [("", _("not noted")), *((str(number), str(number)) for number, _meaning in LEVELS)]
        level = "" if level is None else str(level)
        return Row(line, level if level in dict(choices) else "", choices=choices)


def _choices():
    return [*Attendance.State.choices, ("", _("not noted"))]


def _state_in_words(row):
    label = dict(_choices())[row.state]
    return f"{label} ({row.proxy})" if row.state == Attendance.State.PROXY and row.proxy else str(label)


def _full_name(contact):
    return f"{contact.name}, {contact.organisation.name}"


def _told(text, is_right):
    """{key: value} out of the hidden field; whatever is not of its form counts as not shown."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    told = told if isinstance(told, dict) else {}
    return {
        int(key): value
        for key, value in told.items()
        if key.isdecimal() and len(key) <= LONGEST_KEY and is_right(value)
    }


def _is_noted(value):
    return (
        isinstance(value, list)
        and len(value) == len(NOTHING)
        and isinstance(value[0], str)
        and isinstance(value[1], int | None)
        and isinstance(value[2], str)
    )


def _is_level(value):
    return value is None or (type(value) is int and 0 <= value <= HIGHEST_ENGAGEMENT)
