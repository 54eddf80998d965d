"""The demo's contribution stories, and how far their partners are with signing them off. Nobody is mailed."""

from django.db import transaction

from backbone.actions import stories
from backbone.actions.demo.past import happening, moment
from backbone.demo import story
from backbone.models import Story, StorySignOff


def tell_stories(*, initiative, people, evidence, today):
    """Write the stories of evidence.toml and have them signed off. `evidence`: entries by key. Returns how many."""
    contacts = {row.email: row for row in initiative.contacts.select_related("organisation")}
    told = story.read("evidence")["stories"]
    for one in told:
        _tell(initiative, one, contacts, evidence, today, people["partners"])
    return len(told)


def _tell(initiative, told, contacts, evidence, today, by):
    asked = {contacts[partner["contact"]]: partner for partner in told["partners"]}
    values = {
        "title": told["title"],
        "text": told["text"].strip(),
        "evidence": [evidence[key] for key in told["evidence"]],
        "partners": {contact.organisation: contact for contact in asked},
    }
    day = story.workday(today, told["ago"])
    with happening(initiative=initiative, day=day):
        row = stories.write(initiative=initiative, values=values, by=by)
    Story.objects.filter(pk=row.pk).update(created_at=moment(initiative=initiative, day=day))
    _ask(row, initiative, story.workday(today, told["asked"]), by)
    for contact, partner in asked.items():
        if "answer" in partner:
            _answer(row, initiative, contact, partner, story.workday(today, partner["on"]))
    if "shared" in told:
        day = story.workday(today, told["shared"])
        with happening(initiative=initiative, day=day):
            stories.share(story=row, by=by)
        Story.objects.filter(pk=row.pk).update(shared_at=moment(initiative=initiative, day=day))


@transaction.atomic
def _ask(row, initiative, day, by):
    """The mails count as sent before anybody else could see that they were to leave."""
    with happening(initiative=initiative, day=day):
        stories.ask(story=row, by=by)
    at = moment(initiative=initiative, day=day)
    row.sign_offs.update(mail=StorySignOff.Mail.SENT, mail_at=at, mail_tries=1)


def _answer(row, initiative, contact, told, day):
    sign_off = row.sign_offs.select_related("story__initiative", "organisation").get(contact=contact)
    with happening(initiative=initiative, day=day):
        if told["answer"] == StorySignOff.State.AGREED:
            stories.agree(sign_off=sign_off, version=row.version, contact=contact)
        else:
            stories.ask_for_change(sign_off=sign_off, version=row.version, note=told["note"], contact=contact)
    row.sign_offs.filter(pk=sign_off.pk).update(answered_at=moment(initiative=initiative, day=day))
