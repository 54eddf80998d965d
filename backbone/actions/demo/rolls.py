"""The demo's rolls: who came to each meeting that is over, and how engaged they were, noted by the actions of the page."""

from backbone.actions import roll
from backbone.actions.demo.past import happening
from backbone.demo.answers import draw
from backbone.models import Attendance
from backbone.queries.roll import roll_lines

State = Attendance.State
# The same people come again and again: two thirds of it is who they are, one third the day.
HABIT, REMOTE, PROXY, EXCUSED = 0.67, 0.25, 0.05, 0.6
NOTED_EVERY = 2


def take_rolls(*, initiative, people, today):
    """Take the roll of every meeting of a group that is over. `people` are users by key. Returns how many rolls."""
    over = initiative.meetings.filter(group__isnull=False, cancelled_at=None).select_related("initiative", "group")
    held = [meeting for meeting in over.order_by("starts_at", "pk") if meeting.begins.date() < today]
    for number, meeting in enumerate(held):
        with happening(initiative=initiative, day=meeting.begins.date()):
            _take(meeting, people["partners"], noted=number % NOTED_EVERY == 0)
    return len(held)


def _take(meeting, by, *, noted):
    lines = {line.contact.pk: line for line in roll_lines(meeting)}
    said = {key: (_state(line, meeting), None, "") for key, line in lines.items()}
    roll.take_roll(meeting=meeting, lines=lines, said=said, shown={}, by=by)
    if noted:
        levels = {key: _level(lines[key]) for key, (state, *_rest) in said.items() if state in Attendance.TOOK_PART}
        roll.note_engagement(meeting=meeting, said=levels, shown={}, by=by)


def _state(line, meeting):
    name, day = line.contact.email, meeting.begins.date().isoformat()
    comes = HABIT * draw(name, "comes").random() + (1 - HABIT) * draw(name, day).random()
    how = draw(name, day, "how").random()
    if comes > 0.3:
        return State.PROXY if how < PROXY else State.REMOTE if how < PROXY + REMOTE else State.PRESENT
    return State.EXCUSED if how < EXCUSED else State.ABSENT


def _level(line):
    return min(3, int(4 * draw(line.contact.email, "engaged").random() ** 0.7))
