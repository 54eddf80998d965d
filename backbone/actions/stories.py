"""Contribution stories: written, signed off by their partners, shared, and un-shared at once where one of both no longer holds.

Whatever decides whether a story is visible outside is done while its row is locked: a partner never agrees to words that
somebody changes in that very moment, and no story is shared while a partner takes their agreement back.
"""

from django.db import transaction
from django.utils import timezone

from backbone.models import Story, StorySignOff
from backbone.queries.stories import partners_of, story_snapshot, why_not_shared
from backbone.queries.story_sign_offs import ask_list
from core.doorbell import ring
from initiatives.actions import history, restoring
from partners.names import UNWRITABLE

LONGEST_NOTE = 1_000
Mail, State = StorySignOff.Mail, StorySignOff.State


class StoryConflict(Exception):
    """Somebody saved the story since its form was opened. `story` is as they left it."""

    def __init__(self, story):
        self.story = story
        super().__init__(f"edit {story.edits} was saved in between")


@transaction.atomic
def write(*, initiative, values, by):
    """Begin a story. `values`: title, text, evidence (rows) and partners, {organisation: contact to ask, or None}."""
    story = Story(initiative=initiative, title=values["title"], text=values["text"], created_by=by)
    story.save()
    story.evidence.set(values.get("evidence", ()))
    _name_partners(story, values.get("partners", {}))
    history.record(initiative=initiative, verb="story_added", target=story, after=story_snapshot(story), by=by)
    return story


@transaction.atomic
def change(*, story, edits, values, reason="", by):
    """Set `values`, all of them, on the story as the form found it (`edits`). Other words or partners un-share it at once, and
    who agreed to the earlier words is asked again. Nothing is written where nothing differs. Raises StoryConflict.
    """
    stored = _locked(story)
    words = (stored.title, stored.text) != (values["title"], values["text"])
    partners = _keys(partners_of(stored)) != _keys(values["partners"])
    entries = set(stored.evidence.all()) != set(values["evidence"])
    if stored.deleted_at is None and not (words or partners or entries):
        return stored
    if stored.deleted_at is not None or stored.edits != edits:
        raise StoryConflict(stored)
    before = story_snapshot(stored)
    stored.title, stored.text = values["title"], values["text"]
    stored.edits, stored.version = edits + 1, stored.version + words
    stored.shared_at = None if words or partners else stored.shared_at
    stored.save(update_fields=["title", "text", "edits", "version", "shared_at"])
    if words:
        # They were to be asked about words that are no more.
        stored.sign_offs.filter(mail=Mail.WAITING).update(mail=Mail.NONE)
    stored.evidence.set(values["evidence"])
    _name_partners(stored, values["partners"])
    told = {"before": before, "after": story_snapshot(stored), "reason": reason}
    history.record(initiative=stored.initiative, verb="story_changed", target=stored, **told, by=by)
    return stored


def _locked(story):
    """The row as it stands, deleted or not, for nobody else to change before we are done."""
    stored = Story.with_deleted.select_for_update().get(pk=story.pk)
    stored.initiative = story.initiative
    return stored


def _keys(partners):
    return {organisation.pk: contact and contact.pk for organisation, contact in partners.items()}


def _name_partners(story, partners):
    """One sign-off for each partner. Where another person is asked it begins anew: theirs is another link."""
    wanted = _keys(partners)
    for sign_off in story.sign_offs.all():
        if wanted.get(sign_off.organisation_id, "gone") == sign_off.contact_id:
            del wanted[sign_off.organisation_id]
        else:
            sign_off.delete()
    story.sign_offs.bulk_create(
        StorySignOff(story=story, organisation_id=organisation, contact_id=contact)
        for organisation, contact in wanted.items()
    )


@transaction.atomic
def ask(*, story, digest=None, by):
    """Write down a mail to each partner's contact who was not asked about these words yet; they leave once this is committed.
    Returns how many, or None where the list is not the one that was looked at (`digest`)."""
    stored = _locked(story)
    found = ask_list(stored)
    if stored.deleted_at is not None or digest not in (None, found.digest):
        return None
    keys = [asked.sign_off.pk for asked in found.people]
    StorySignOff.objects.filter(pk__in=keys).update(
        mail=Mail.WAITING,
        mail_version=stored.version,
        mail_at=timezone.now(),
        mail_tries=0,
        mail_problem="",
        asked_by=by,
    )
    if keys:
        after = {"partners": [str(asked.sign_off.organisation) for asked in found.people], "version": stored.version}
        history.record(initiative=stored.initiative, verb="story_asked", target=stored, after=after, by=by)
        ring("backbone.tasks.send_story_mails", stored.pk)
    return len(keys)


def agree(*, sign_off, version, contact):
    """The partner agrees to the words that stood in the form (`version`). False where these are no longer the words, or there
    is nothing to sign off any more; nothing is agreed then. Agreeing twice is told once.
    """
    return _answer(sign_off, State.AGREED, version, contact, verb="story_agreed")


def ask_for_change(*, sign_off, version, note, contact):
    """The partner wants other words, and says which in at most 1,000 characters. Un-shares the story. False as for `agree`."""
    note = UNWRITABLE.sub("", note.replace("\r\n", "\n")).strip()[:LONGEST_NOTE]
    return _answer(sign_off, State.CHANGE_ASKED, version, contact, note=note, verb="story_change_asked")


def take_back(*, sign_off, contact):
    """The partner agrees no longer; the story is un-shared at once. Returns whether there was an agreement to take back."""
    agreed = StorySignOff.objects.filter(pk=sign_off.pk, state=State.AGREED).first()
    if agreed is None:
        return False
    return _answer(agreed, State.TAKEN_BACK, agreed.answered_version, contact, verb="story_taken_back", of_any=True)


@transaction.atomic
def _answer(sign_off, state, version, contact, *, verb, note="", of_any=False):
    story = _locked(sign_off.story)
    # Read again while the story is locked: the partner may have been taken out of it, or somebody else be asked.
    stored = StorySignOff.objects.filter(pk=sign_off.pk, contact=contact).first()
    if stored is None or story.deleted_at is not None or not (of_any or story.version == version):
        return False
    if (stored.state, stored.answered_version, stored.note) == (state, version, note):
        return True
    stored.state, stored.answered_version, stored.answered_at, stored.note = state, version, timezone.now(), note
    if stored.mail == Mail.WAITING:
        stored.mail = Mail.NONE
    stored.save(update_fields=["state", "answered_version", "answered_at", "note", "mail"])
    before = {"shared_at": _moment(story)}
    if state != State.AGREED and story.shared_at:
        story.shared_at = None
        story.save(update_fields=["shared_at"])
    after = {"partner": str(sign_off.organisation), "version": version, "note": note, "shared_at": _moment(story)}
    reason = f"{contact} <{contact.email}>"
    told = {"before": before, "after": after, "reason": reason}
    history.record(initiative=story.initiative, verb=verb, target=story, **told, by=None)
    return True


def _moment(story):
    return story.shared_at.isoformat() if story.shared_at else None


@transaction.atomic
def share(*, story, by):
    """Show the words that `story` holds outside the backbone. False where they were changed since, or not every partner agreed;
    `backbone.queries.stories.why_not_shared` says which."""
    stored = _locked(story)
    if stored.deleted_at is not None or stored.version != story.version or why_not_shared(stored):
        return False
    if stored.shared_at is None:
        _set_shared(stored, timezone.now(), "story_shared", by)
    return True


@transaction.atomic
def unshare(*, story, by):
    """Show it outside the backbone no more. Returns whether it was shared."""
    stored = _locked(story)
    if stored.deleted_at is not None or stored.shared_at is None:
        return False
    _set_shared(stored, None, "story_unshared", by)
    return True


def _set_shared(story, moment, verb, by):
    before = story_snapshot(story)
    story.shared_at = moment
    story.save(update_fields=["shared_at"])
    after = story_snapshot(story)
    history.record(initiative=story.initiative, verb=verb, target=story, before=before, after=after, by=by)


@transaction.atomic
def send_again(*, sign_off, by):
    """Let a mail that did not arrive, or may not have, leave once more about the present words. Returns whether this did it."""
    story = _locked(sign_off.story)
    stuck = StorySignOff.objects.filter(pk=sign_off.pk, mail__in=[Mail.FAILED, Mail.UNCERTAIN], contact__isnull=False)
    # Whoever has answered these words is not asked about them once more.
    stuck = stuck.exclude(answered_version=story.version)
    fields = {"mail_version": story.version, "mail_at": timezone.now(), "mail_tries": 0, "mail_problem": ""}
    if story.deleted_at is not None or not stuck.update(mail=Mail.WAITING, asked_by=by, **fields):
        return False
    after = {"partner": str(sign_off.organisation)}
    history.record(initiative=story.initiative, verb="story_mail_sent_again", target=story, after=after, by=by)
    ring("backbone.tasks.send_story_mails", story.pk)
    return True


def delete(*, story, reason="", by):
    """Take a story out; it can be restored. Returns whether it was still there."""
    return restoring.delete(row=story, before=story_snapshot(story), reason=reason, by=by)
