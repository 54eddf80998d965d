"""What happened out there in the demo, written down by the action that the form calls."""

from backbone import people_range
from backbone.actions import evidence
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import Evidence

WRITTEN_AFTER = 2


def write_evidence(*, initiative, people, today):
    """Write down the entries of evidence.toml, each two days after it happened. Returns them by their key and title."""
    organisations = {row.name: row for row in initiative.organisations.all()}
    contacts = {row.email: row for row in initiative.contacts.all()}
    audiences = {row.name: row for row in initiative.target_audiences.all()}
    found = {}
    for told in story.read("evidence")["evidence"]:
        happened_on = story.workday(today, told["ago"])
        least, most = people_range.read(told.get("people", ""))
        values = {
            "kind": told["kind"],
            "happened_on": happened_on,
            "title": told["title"],
            "description": told.get("description", ""),
            "made_easier": told.get("made_easier", ""),
            "partners": [organisations[name] for name in told["partners"]],
            "target_audiences": [audiences[name] for name in told.get("audiences", ())],
            "people_least": least,
            "people_most": most,
            "source_link": told.get("link", ""),
            "confirmed_by": contacts.get(told.get("confirmed")),
            "confirmed_by_other": told.get("confirmed_other", ""),
        }
        day = story.workday(today, told["ago"] - WRITTEN_AFTER)
        with happening(initiative=initiative, day=day):
            entry = evidence.add(initiative=initiative, values=values, by=people["partners"])
        Evidence.objects.filter(pk=entry.pk).update(created_at=moment(initiative=initiative, day=day))
        found[told.get("key", told["title"])] = entry
    return found
