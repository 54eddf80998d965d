"""How far the demo has come: the phases it follows, milestones and reviews of criteria, by the actions that the forms call."""

from backbone.actions import milestones, phases
from backbone.actions.demo.past import happening, moment
from backbone.demo import story


def reach_milestones(*, initiative, people, evidence, today):
    """Set the milestones of milestones.toml and look at their criteria. `evidence`: entries by key. Returns how many milestones."""
    told, by = story.read("milestones"), people["data"]
    with happening(initiative=initiative, day=story.workday(today, told["chosen"])):
        phases.choose(initiative=initiative, model=told["phases"], by=people["director"])
    for one in told["milestones"]:
        day = story.workday(today, one["ago"])
        values = _grounds(one, people, evidence, today) | {"stage": one["stage"], "starts_on": day}
        with happening(initiative=initiative, day=day):
            row = milestones.reach(initiative=initiative, model=one["model"], values=values, by=by)
        _set_back(row, initiative, day)
    for one in told["reviews"]:
        day = story.workday(today, one["ago"])
        values = _grounds(one, people, evidence, today)
        values |= {"criterion": one["criterion"], "status": one["status"], "looked_on": day}
        with happening(initiative=initiative, day=day):
            row = milestones.review(initiative=initiative, model=one["model"], values=values, by=by)
        _set_back(row, initiative, day)
    return len(told["milestones"])


def _grounds(told, people, evidence, today):
    return {
        "note": told.get("note", ""),
        "source_link": told.get("link", ""),
        "evidence": [evidence[key] for key in told.get("evidence", ())],
        "reviewed_by": people[told["reviewer"]] if "reviewer" in told else None,
        "reviewed_on": story.workday(today, told["reviewed"]) if "reviewed" in told else None,
    }


def _set_back(row, initiative, day):
    type(row).objects.filter(pk=row.pk).update(created_at=moment(initiative=initiative, day=day))
