"""The demo's policy: who has to be won, the items, and the stages each went through, by the actions that the forms call."""

from itertools import groupby

from backbone.actions import policy
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import PolicyItem, PolicyStage


def write_policy(*, initiative, people, today):
    """Write down what policy.toml tells. Returns how many items."""
    told, by = story.read("policy"), people["director"]
    audiences = {}
    for audience in told["audiences"]:
        values = {"name": audience["name"], "note": audience["note"]}
        with happening(initiative=initiative, day=story.workday(today, audience["ago"])):
            audiences[audience["name"]] = policy.add_audience(initiative=initiative, values=values, by=by)
    for item in told["items"]:
        _follow(initiative, item, audiences, today, by)
    return len(told["items"])


def _follow(initiative, told, audiences, today, by):
    """Bring an item through its stages, each written down on its day."""
    values = {name: told[name] for name in ("title", "jurisdiction", "description")}
    values["target_audiences"] = [audiences[name] for name in told["audiences"]]
    item = None
    for day, stages in groupby(told["stages"], key=lambda stage: story.workday(today, stage["ago"])):
        at = moment(initiative=initiative, day=day)
        with happening(initiative=initiative, day=day):
            for stage in stages:
                reached = _stage(stage, day)
                if item is None:
                    item = policy.add_with_stage(initiative=initiative, values=values, stage_values=reached, by=by)
                    PolicyItem.objects.filter(pk=item.pk).update(created_at=at)
                else:
                    policy.reach(policy_item=item, values=reached, by=by)
        PolicyStage.objects.filter(policy_item=item, reached_on=day).update(created_at=at)


def _stage(told, day):
    return {
        "stage": told["stage"],
        "alignment": told["alignment"],
        "reached_on": day,
        "note": told.get("note", ""),
        "source_link": told.get("link", ""),
    }
