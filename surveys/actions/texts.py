"""Redacting what people wrote in their own words, and releasing it. History counts texts and never holds a word of one."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from indicators.actions.publications import publish_texts, take_text_out
from indicators.models import ReleasedTexts
from initiatives.actions import history
from surveys.actions.rounds import RoundRefused
from surveys.models import Round, TextReview
from surveys.queries.texts import edits_of, kept_keys, least_texts, refusal, released_of, review_of, seen_as
from surveys.redaction import key_of, sentence_against, tidy


class EditConflict(Exception):
    """Somebody else changed the same texts since they were read. `keys` names them; nothing was saved."""

    def __init__(self, keys):
        super().__init__("edited in between")
        self.keys = keys


@dataclass(frozen=True)
class Change:
    """What somebody wants of the text `key`, having read it as it stood under `seen` (`Entry.seen`)."""

    key: str
    seen: str
    text: str
    reason: str = ""

    def is_none(self, original):
        """Whether it leaves the text as it was read."""
        return seen_as(tidy(original, self.text), self.reason) == self.seen


@transaction.atomic
def redact(*, round, asked, changes, by):
    """Save what was changed in the texts of a question; nothing is shown to readers yet.

    All or nothing: EditConflict where somebody else changed one of the same texts meanwhile. A text that was withdrawn
    meanwhile is passed over. Raises RoundRefused.
    """
    review = _held_review(round, asked)
    entries = {entry.key: entry for entry in review.entries}
    edits, conflicts = {}, []
    for change in changes:
        entry = entries.get(change.key)
        if entry is None or change.is_none(entry.original):
            continue
        wanted = _edit(entry, change)
        if wanted == _edit_of(entry):
            continue
        if change.seen != entry.seen:
            conflicts.append(change.key)
        edits[change.key] = wanted
    if conflicts:
        raise EditConflict(conflicts)
    if edits:
        _write(review, edits, by)


def _edit(entry, change):
    """What is kept of a change; {} of a text that stands as it was written."""
    edit, text = {}, tidy(entry.original, change.text)
    sentence = sentence_against(entry.original, text)
    if sentence and not change.reason:
        raise RoundRefused(sentence)
    if text != entry.original and not sentence:
        edit["text"] = text
    return edit | ({"left_out": ReleasedTexts.Reason(change.reason).value} if change.reason else {})


def _edit_of(entry):
    edit = {"text": entry.text} if entry.text != entry.original else {}
    return edit | ({"left_out": entry.reason} if entry.reason else {})


def _write(review, changed, by):
    round, code = review.round, review.asked.code
    there = {entry.key for entry in review.entries}
    edits = {key: edit for key, edit in (edits_of(round, code) | changed).items() if edit and key in there}
    TextReview.objects.update_or_create(round=round, code=code, defaults={"edits": edits})
    history.record(
        initiative=round.initiative,
        verb="round.texts_redacted",
        target=round,
        before=_counts(review),
        after=_counts(review.with_edits(edits)) | {"question": code},
        by=by,
    )


def _counts(review):
    return {"redacted": review.redacted, "left_out": review.all_left_out}


def release(*, round, asked, digest, by):
    """Show the texts of a question to members and everyone who was asked: once, for good, in random order.

    `digest` is that of the Review which was looked at. Raises RoundRefused. Returns the ReleasedTexts.
    """
    try:
        with transaction.atomic():
            return _release(round, asked, digest, by)
    except IntegrityError:
        raise RoundRefused(_released_before()) from None


def _release(round, asked, digest, by):
    review = _held_review(round, asked)
    if review.digest != digest:
        raise RoundRefused(_("Since you looked, the texts have changed. Read them again, then release them."))
    if review.refusal:
        raise RoundRefused(review.refusal)
    released = publish_texts(
        publication=round.publication,
        code=asked.code,
        texts=[entry.text for entry in review.entries if not entry.reason for _time in entry.written],
        redacted=review.redacted,
        left_out=review.left_out,
    )
    after = {"question": asked.code, "released": len(released.texts)} | _counts(review)
    history.record(initiative=round.initiative, verb="round.texts_released", target=round, after=after, by=by)
    TextReview.objects.filter(round=round, code=asked.code).delete()
    return released


@transaction.atomic
def take_out(*, round, asked, key, reason, by):
    """Take one text out of those that were released to readers: it turned out to give somebody away. Raises RoundRefused;
    returns how many are no longer shown."""
    Round.objects.filter(pk=round.pk).update(state=F("state"))
    released = released_of(round).get(asked.code)
    texts = released.texts if released else []
    text = next((each for each in texts if key_of(round.pk, asked.code, each) == key), None)
    reason, least = ReleasedTexts.Reason(reason).value, least_texts(round)
    left = None if text is None else take_text_out(released=released, text=text, reason=reason, least=least)
    if left is None:
        raise RoundRefused(_("This text is not shown (any more). Nothing was changed."))
    after = {"question": asked.code, "released": left}
    before = {"released": len(texts)}
    verb = "round.text_taken_out"
    history.record(initiative=round.initiative, verb=verb, target=round, before=before, after=after, by=by)
    return len(texts) - left


def _held_review(round, asked):
    """The Review of a question in a round that is ours until the transaction ends: nobody withdraws or releases meanwhile."""
    held = Round.objects.filter(pk=round.pk, state=Round.State.CLOSED, answers_deleted_at=None)
    if not held.update(state=F("state")):
        round.refresh_from_db()
    if sentence := refusal(round):
        raise RoundRefused(sentence)
    if ReleasedTexts.objects.filter(publication=round.publication_id, code=asked.code).exists():
        raise RoundRefused(_released_before())
    review = review_of(round, asked)
    if review is None:
        raise RoundRefused(_("By now too few people's texts are there, so nobody reads them."))
    return review


def _released_before():
    return _("These texts were released before. Nothing was changed.")


def forget_missing(*, round):
    """Drop the redactions of texts that are no longer there: somebody has withdrawn them."""
    for row in TextReview.objects.filter(round=round):
        there = kept_keys(round, row.code)
        edits = {key: edit for key, edit in row.edits.items() if key in there}
        if edits != row.edits:
            TextReview.objects.filter(pk=row.pk).update(edits=edits)
