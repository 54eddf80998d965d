"""Money and help in kind of the demo: written down when it was first spoken of, and marked as it came or did not."""

from decimal import Decimal

from backbone.actions import resources
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import Resource

# In the order in which they come.
STEPS = ("asked", "pledged", "received", "fell_through")


def write_resources(*, initiative, people, today):
    """Write down what resources.toml tells. Returns how many."""
    organisations = {row.name: row for row in initiative.organisations.all()}
    told = story.read("resources")["resources"]
    for one in told:
        _follow(initiative, one, organisations, today, people["director"])
    return len(told)


def _follow(initiative, told, organisations, today, by):
    day_of = {step: story.workday(today, told[step]) for step in STEPS if step in told}
    (first, first_day), *later = day_of.items()
    with happening(initiative=initiative, day=first_day):
        values = _values(initiative, told, organisations, today) | {f"{first}_on": first_day}
        resource = resources.add(initiative=initiative, values=values, by=by)
    for step, day in later:
        with happening(initiative=initiative, day=day):
            resources.mark(resource=resource, certainty=step, on=day, by=by)
    Resource.objects.filter(pk=resource.pk).update(created_at=moment(initiative=initiative, day=first_day))


def _values(initiative, told, organisations, today):
    amount = Decimal(told["amount"]) if "amount" in told else None
    return {
        "title": told["title"],
        "kind": told.get("kind", Resource.Kind.MONEY),
        "origin": told["origin"],
        "source": told["source"],
        "giver": organisations.get(told.get("giver")),
        "giver_name": told.get("giver_name", ""),
        "recipient": told["recipient"],
        "receiver": organisations.get(told.get("receiver")),
        "amount": amount,
        "currency": "" if amount is None else told.get("currency", initiative.currency),
        "starts_on": story.workday(today, told["starts"]) if "starts" in told else None,
        "ends_on": story.workday(today, told["ends"]) if "ends" in told else None,
        "note": told.get("note", ""),
        "source_link": told.get("link", ""),
    }
