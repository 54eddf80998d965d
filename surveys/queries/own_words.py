"""What people wrote in their own words, as it was released: for members and everyone who was asked."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators.models import ReleasedTexts
from surveys.models import Round
from surveys.queries.texts import open_texts_of, released_of
from surveys.redaction import MARK

MOST_BESIDE_FIGURES = 100


@dataclass(frozen=True)
class ToldTexts:
    """What people wrote to one question, as readers see it. `texts`: [(text, how often)]; `beside`: what was done to them."""

    code: str
    label: str
    indicators: tuple
    texts: list
    number: int
    beside: list

    @property
    def first(self):
        """Those that fit on a page beside figures: as the order is random, so is the choice."""
        return self.texts[:MOST_BESIDE_FIGURES]

    @property
    def more(self):
        return len(self.texts) - len(self.first)


def told_texts(round):
    """[ToldTexts] of a round in the order of its questions: one query."""
    return _in_order(round, released_of(round))


def told_of(publications):
    """{publication id: [ToldTexts]} of those of the publications that have any: one query, two where something was released."""
    released = defaultdict(dict)
    for row in ReleasedTexts.objects.filter(publication__in=[publication.pk for publication in publications]):
        released[row.publication_id][row.code] = row
    if not released:
        return {}
    found = Round.objects.filter(publication__in=released).select_related("instrument_version")
    rounds = found.defer("frozen_roster", "instrument_version__definition")
    return {round.publication_id: _in_order(round, released[round.publication_id]) for round in rounds}


def _in_order(round, released):
    return [_told(asked, released[asked.code]) for asked in open_texts_of(round) if _is_told(asked, released)]


def _is_told(asked, released):
    """Whether a question has texts that are shown; all of them may have been taken out since."""
    return asked.code in released and bool(released[asked.code].texts)


def _told(asked, row):
    texts = list(Counter(row.texts).items())
    return ToldTexts(asked.code, asked.label, asked.indicators, texts, len(row.texts), list(_beside(row)))


def _beside(row):
    if row.redacted:
        yield ngettext(
            "%(mark)s stands where the backbone team took something out: in %(number)d text.",
            "%(mark)s stands where the backbone team took something out: in %(number)d texts.",
            row.redacted,
        ) % {"mark": MARK, "number": row.redacted}
    if row.left_out:
        labels = dict(ReleasedTexts.Reason.choices)
        reasons = ", ".join(f"{labels[reason]} ({number})" for reason, number in row.left_out.items())
        yield _("Left out by the backbone team: %(reasons)s.") % {"reasons": reasons}
