"""What people wrote in their own words: where enough of them did, in an order that says nothing, and what was made of it.

Until it is released it is read from the answers themselves and kept nowhere else.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from django.db.models.fields.json import KT
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from indicators.models import ReleasedTexts
from surveys import definition
from surveys.definition import OpenText
from surveys.models import AnonymousResponse, Round, TextReview
from surveys.queries.answering import definition_of
from surveys.queries.pooling import least_answers
from surveys.queries.releases import LEAST_ORGANISATIONS, final_answers
from surveys.queries.rounds import is_over_time, kept_until
from surveys.redaction import key_of


@dataclass(frozen=True)
class Written:
    """A text, and what decides whether it may be read. Of an anonymous round nothing is known beside the words."""

    text: str
    language: str = ""
    organisation: int | None = None


@dataclass(frozen=True)
class Entry:
    """A text as staff see it: as it was written, `times` over, and as it would be shown. `reason`: why it is left out, or ""."""

    key: str
    original: str
    text: str
    reason: str = ""
    written: tuple = ()

    @property
    def times(self):
        return len(self.written)

    @property
    def is_redacted(self):
        return not self.reason and self.text != self.original

    @property
    def seen(self):
        """Whoever saves says how the text stood when they read it, so that a save in between is noticed."""
        return seen_as(self.text, self.reason)


@dataclass(frozen=True)
class Review:
    """The texts of one question before they are released. `least`: how many there must be."""

    round: Round
    asked: OpenText
    entries: list
    least: int

    def with_edits(self, edits):
        """The Review as it is when these edits, {key: edit}, are all there are."""
        return replace(self, entries=[_edited(e.key, e.written, edits.get(e.key, {})) for e in self.entries])

    @property
    def released(self):
        """How many texts would be shown."""
        return sum(entry.times for entry in self.entries if not entry.reason)

    @property
    def redacted(self):
        return sum(entry.times for entry in self.entries if entry.is_redacted)

    @property
    def left_out(self):
        """{reason: how many texts}."""
        found = Counter()
        for entry in self.entries:
            if entry.reason:
                found[entry.reason] += entry.times
        return dict(sorted(found.items()))

    @property
    def all_left_out(self):
        return sum(self.left_out.values())

    @property
    def digest(self):
        """A name for all that would be released: whoever releases says what they looked at."""
        return _digest(*[f"{entry.key}:{entry.times}:{entry.seen}" for entry in self.entries])

    @property
    def refusal(self):
        """Why the texts cannot be released as they stand: a sentence, or ""."""
        kept = [written for entry in self.entries if not entry.reason for written in entry.written]
        if kept and readable(self.round, kept, self.least) == kept:
            return ""
        return _(
            "Without what you leave out, fewer than %(least)d texts, or texts of one organisation alone, would remain, all "
            "together or of one language. Redact parts instead of leaving texts out, or leave out that language altogether."
        ) % {"least": self.least}


def seen_as(text, reason):
    """A name for how a text stands, redacted or not, shown or left out."""
    return _digest(text, reason)


def _digest(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


# --- what may be read ------------------------------------------------------------------------------------------------


def has_texts(round):
    """Whether a round asks for words of one's own that may be shown one day: it was asked here, where its first page said so."""
    return not round.is_brought_in and bool(open_texts_of(round))


def open_texts_of(round):
    return definition.open_texts(definition_of(round.instrument_version))


def refusal(round):
    """Why nobody reads the texts of a round (any more): a sentence, or ""."""
    if round.state != Round.State.CLOSED:
        return _("Before a round is closed nobody sees more than how many have answered.")
    if round.answers_deleted_at:
        day = formats.date_format(round.answers_deleted_at, "DATE_FORMAT")
        return _("The answers were deleted on %(day)s, as people had been told. Texts that were released stay.") % {
            "day": day
        }
    if is_over_time(round, now=timezone.now()):
        return _("The time for which answers are kept is over, so nobody reads them any more.")
    if not has_texts(round):
        return _("This round has no texts that could be shown.")
    return ""


def least_texts(round):
    """How many texts of a question there must be."""
    return least_answers(round) if round.is_anonymous else round.smallest_group


def written(round, codes):
    """{code: [Written]} of everybody whose answers are final: one query, which reads nothing else that they answered."""
    found = {code: [] for code in codes}
    questions = definition_of(round.instrument_version)
    for about, texts in _rows(round, codes):
        for code, text in zip(codes, texts, strict=True):
            if text is not None:
                definition.check_answers(questions, {code: text})
                found[code].append(Written(text, *about))
    return found


def _rows(round, codes):
    texts = [KT(f"answers__{code}") for code in codes]
    if round.is_anonymous:
        for row in AnonymousResponse.objects.filter(round=round).order_by().values_list("round", *texts):
            yield (), row[1:]
        return
    about = ("language", "invitation__language", "invitation__organisation")
    for used, own, organisation, *row in final_answers(round).order_by().values_list(*about, *texts):
        yield (used or own, organisation), row


def readable(round, written, least):
    """Those of the texts that may be read: in each language so many, and of two organisations. A single text in French is as
    good as signed where one person was asked in French. People without an organisation count as one."""
    if round.is_anonymous:
        return written if len(written) >= least else []
    by_language = defaultdict(list)
    for each in written:
        by_language[each.language].append(each)
    enough = {
        language
        for language, texts in by_language.items()
        if len(texts) >= least and len({each.organisation for each in texts}) >= LEAST_ORGANISATIONS
    }
    return [each for each in written if each.language in enough]


# --- for staff -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuestionState:
    """How far one question is. `readable`: how many texts may be read, 0 where too few wrote; `released`: None until it is done."""

    asked: OpenText
    readable: int
    released: ReleasedTexts | None


def question_states(round):
    """A QuestionState for every open question of a closed round: two queries, or one where the answers are gone."""
    asked = open_texts_of(round)
    released = released_of(round)
    waiting = [] if refusal(round) else [each.code for each in asked if each.code not in released]
    found, least = (written(round, waiting), least_texts(round)) if waiting else ({}, 0)
    return [
        QuestionState(each, len(readable(round, found.get(each.code, []), least)), released.get(each.code))
        for each in asked
    ]


def released_of(round):
    """{code: ReleasedTexts} of a round."""
    return {row.code: row for row in ReleasedTexts.objects.filter(publication=round.publication_id)}


def open_text(round, code):
    """The OpenText of a round by its code, or None."""
    return next((asked for asked in open_texts_of(round) if asked.code == code), None)


def review_of(round, asked):
    """The Review of a question, None where it may not be read: too few wrote, or it was released."""
    least = least_texts(round)
    texts = readable(round, written(round, [asked.code])[asked.code], least)
    if not texts or ReleasedTexts.objects.filter(publication=round.publication_id, code=asked.code).exists():
        return None
    edits = edits_of(round, asked.code)
    found = defaultdict(list)
    for each in texts:
        found[key_of(round.pk, asked.code, each.text)].append(each)
    entries = [_edited(key, tuple(found[key]), edits.get(key, {})) for key in sorted(found)]
    return Review(round, asked, entries, least)


def _edited(key, found, edit):
    plain = Entry(key, found[0].text, found[0].text, written=found)
    return replace(plain, text=edit.get("text", plain.text), reason=edit.get("left_out", ""))


def edits_of(round, code):
    row = TextReview.objects.filter(round=round.pk, code=code).first()
    return row.edits if row else {}


def kept_keys(round, code):
    """The keys of all texts of a question that are (still) there."""
    return {key_of(round.pk, code, each.text) for each in written(round, [code])[code]}


def deadline(round):
    """The day on which the answers are deleted, and with them all that was not released."""
    return kept_until(round).astimezone(round.initiative.zone).date()


def shown_texts(round, asked):
    """[(key, text, how often)] of what was released of a question, in the order in which readers see it; empty before."""
    row = released_of(round).get(asked.code)
    found = Counter(row.texts) if row else {}
    return [(key_of(round.pk, asked.code, text), text, times) for text, times in found.items()]


def rule_of(round):
    """What the pages say of the rule: how many texts it takes, and until when they are there."""
    return {"least": least_texts(round), "deadline": deadline(round) if round.state == Round.State.CLOSED else None}
