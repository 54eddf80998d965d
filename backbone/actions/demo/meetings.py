"""The demo's meetings with their agendas, planned and run by the actions that the pages call."""

import datetime

from backbone.actions import agendas, meetings
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import Meeting
from backbone.occurrences import rule

WEEK = 7
DAY, PLANNED_BEFORE = datetime.timedelta(days=1), datetime.timedelta(days=21)


def meet(*, initiative, people, today):
    """Plan what meetings.toml tells, and mark what was reached. `people` are users by key. Returns how many meetings."""
    told = story.read("meetings")
    goals = list(initiative.goals.all())
    for one in told["series"]:
        _come_round(initiative, one, goals, people, today)
    for one in told["single"]:
        day = today - datetime.timedelta(days=one["day"])
        with happening(initiative=initiative, day=min(day - PLANNED_BEFORE, today - DAY)):
            meetings.plan_meeting(
                initiative=initiative,
                starts_at=moment(initiative=initiative, day=day, time=one["time"]),
                **_said(initiative, one),
                by=people[one["by"]],
            )
    _set_back(initiative, today)
    return initiative.meetings.count()


def _said(initiative, told):
    said = {name: told.get(name, "") for name in ("title", "place", "link", "purpose")}
    group = initiative.groups.get(name=told["group"]) if "group" in told else None
    return said | {"duration": told["duration"], "group": group, "time_zone": initiative.time_zone}


def _come_round(initiative, told, goals, people, today):
    from_day = today - datetime.timedelta(days=told["first"])
    first = from_day + datetime.timedelta(days=(told["weekday"] - from_day.weekday()) % WEEK)
    by = people[told["by"]]
    with happening(initiative=initiative, day=first - PLANNED_BEFORE):
        made = meetings.plan_series(
            initiative=initiative,
            recurrence=rule(told["repeats"], first, count=told["count"]),
            starts_at=moment(initiative=initiative, day=first, time=told["time"]),
            **_said(initiative, told),
            by=by,
        )
    past = [meeting for meeting in made if meeting.begins.date() < today]
    # The next meeting is prepared, the later ones are not.
    for number, meeting in enumerate(made[: len(past) + 1]):
        day = meeting.begins.date()
        with happening(initiative=initiative, day=min(day, today - DAY)):
            _write_agenda(initiative, meeting, told, number, goals, people, by)
            if day < today:
                _hold(meeting, number in told["unreached"], by)


def _write_agenda(initiative, meeting, told, number, goals, people, by):
    items, takes = told["items"], told["takes"]
    chosen = [items[(number * takes + place) % len(items)] for place in range(takes)]
    for one in [*told["standing"], *chosen]:
        owner = one["owner"]
        values = {
            "title": one["title"],
            "kind": one["kind"],
            "duration": one["minutes"],
            "owner_staff": people.get(owner),
            "owner_contact": None if owner in people else initiative.contacts.get(email=owner),
            "goal": goals[one["goal"]] if "goal" in one else None,
        }
        item = agendas.add_item(meeting=meeting, values=values, by=by)
        if one in told["standing"]:
            # Before what was carried over.
            agendas.move_item(item=item, places=-meeting.agenda.count(), by=by)


def _hold(meeting, ran_out, by):
    items = list(meeting.agenda.all())
    for item in items:
        agendas.mark_item(item=item, was_reached=not (ran_out and item == items[-1]), by=by)
    agendas.carry_over(meeting=meeting, by=by)


def _set_back(initiative, today):
    """Each was planned before it was held."""
    rows = list(initiative.meetings.all())
    for row in rows:
        planned = min(row.begins.date() - PLANNED_BEFORE, today - DAY)
        row.created_at = moment(initiative=initiative, day=planned)
    Meeting.objects.bulk_update(rows, ["created_at"], batch_size=100)
