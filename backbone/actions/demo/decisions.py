"""The demo's decisions, raised and recorded by the actions that the forms call."""

import datetime

from backbone.actions.decisions import raise_decision, record_decision
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import Decision


def decide(*, initiative, people, today):
    """Raise what decisions.toml tells, and record what was decided. `people` are users by key. Returns how many."""
    groups = {row.name: row for row in initiative.groups.all()}
    told = story.read("decisions")["decisions"]
    for one in told:
        raised_on, decision = _raise(initiative, one, groups, people, today)
        Decision.objects.filter(pk=decision.pk).update(created_at=moment(initiative=initiative, day=raised_on))
        if "decided" in one:
            _record(initiative, decision, one, people, today)
    return len(told)


def _ago(today, days):
    return None if days is None else today - datetime.timedelta(days=days)


def _raise(initiative, told, groups, people, today):
    raised_on, owner = _ago(today, told["raised"]), told["owner"]
    values = {
        "title": told["title"],
        "body": groups[told["body"]],
        "raised_on": raised_on,
        "needed_by": _ago(today, told.get("needed")),
        "options": told.get("options", ""),
        "owner_staff": people.get(owner),
        "owner_contact": None if owner in people else initiative.contacts.get(email=owner),
    }
    with happening(initiative=initiative, day=raised_on):
        return raised_on, raise_decision(initiative=initiative, values=values, by=people["director"])


def _record(initiative, decision, told, people, today):
    decided_on = _ago(today, told["decided"])
    values = {name: told.get(name, "") for name in ("outcome", "rationale", "dissent", "recusal")}
    values |= {"decided_on": decided_on, "review_on": _ago(today, told.get("review"))}
    with happening(initiative=initiative, day=decided_on):
        record_decision(decision=decision, version=0, values=values, by=people["director"])
