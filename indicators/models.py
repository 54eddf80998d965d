"""Published figures. Only what may be shown is ever written here: disclosure control comes before, never after.

`Result.shown` is ready for the page: numbers and codes, never sentences, so that each reader gets their language. Keys
that say nothing are absent. `Result.n` is how many have a score; n = 0 with an empty `shown` is "no answers yet".

The whole round (breakdown ""):
    count                           favourable, exact; or instead at_most: 1, or at_least: n - 1
    percent                         whole percent, with count only
    people                          {low, high, of}: between low and high of all `of` asked to whom it applies; with count
    interval                        {low, high} in percent, one decimal, instead of people where it is not known how many were asked
    mean, deviation                 one decimal, from n = 10
    distribution                    [[answer, people], …] of an item, as answered, before a reverse item is turned
    dont_know, not_applicable       people beside the denominator; absent from published figures, which do not say
    change                          {verdict: up, down, no_clear_change, baseline, not_comparable or too_few}, and where the
                                    verdict rests on two shown counts: points (whole), low, high (points, one decimal),
                                    previous {count, n, percent}, and with no_clear_change: needed {up_count, up_points,
                                    down_count, down_points} (null where no count would have been clear)
    paired                          {n, count, rose, fell, p_value}: the same people in the previous round and in this one
A cell (breakdown "sector", cell "" is "no sector"; or "group"):
    count and percent; or at_most; or at_least; or word: few, some or most

A figure of the log (source kind "log") is counted from rows, of which nobody is a sample: no interval, no distribution. `n` is
the denominator, or the number itself. By indicator, keys that say nothing absent:
    SC1, SA2, BI1, PCT-P, PCT-C     count, percent (of n: seats wanted, sectors wanted, agenda items, lines of the roll, promises due)
    SC1                             vacant; lived_experience [held, wanted]; its cells (breakdown "sector") held, wanted, vacant
    SA2                             missing [names of sectors]; meetings
    BI1                             meetings
    BI3                             decided, open, overdue; median_days; in_time [decided in time, needed]; n = decided
    AP1                             number; audiences [spoken with, all]
    GV2, SM5, CE2, CE4, AP2, MF1    number, partners (different ones); people [least, most, of how many entries] of CE2 and CE4;
                                    audiences (different ones) of AP2
    BI6                             number, partners
    AP3                             count, percent (of n policy items); stages {stage: number}, forward, back (steps of the period)
    MF2, MF3                        {currency: amount as text} each: money, in_kind, by_source {part: …}, by_recipient {part: …}, pledged,
                                    fell_through; unvalued; n = entries received
    PCT-P                           meetings; engagement {mean, n}
    PCT-C                           promised, partly, not_kept, waiting, released; count only where something was due
    change                          {verdict: baseline}: the first period of its kind that is over
    before                          count, percent, number, median_days, decided, money, in_kind, n of the period before, where both
                                    are over
A figure of a milestone (source kind "status"): model, stage, position, since, reviewed_on; n = stages of the model.
Its publication has no audience, nobody invited, and a comparability key that names the kind of period.

"Don't know" and "does not apply" are given for the whole round alone and in plain numbers: people beside the denominator
are in no shown set, so these counts neither add to nor take away from anybody's answer, and the interval's `of` (asked,
less "does not apply") says the second one in any case.

`Publication.response` of a survey is {unit: "persons" or "organisations" (what n counts), persons, organisations,
missing}. persons and organisations: {invited, eligible, answered, complete, partial, break_off, unanswered, opted_out,
bounced, ineligible, rr1: {count, of, percent}, rr2: {…}} (eligible = of; percent null of nobody). missing: null from 80 %
(RR2) on, else {cells: [{cell, invited, missing}], rest: {invited, missing} or null}, persons by sector; the public
publication has persons and organisations with invited, eligible, answered, rr1 and rr2 only, and no missing. A round that
was brought in has no organisations, and no persons either where it is not known how many were invited.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, Membership


class Publication(models.Model):
    """One release of figures. A round or a log period points down to it."""

    initiative_path = "initiative"

    class SourceKind(models.TextChoices):
        SURVEY = "survey", _("survey")
        LOG = "log", _("log")
        STATUS = "status", _("status")

    class ReaderLevel(models.TextChoices):
        INSIDE = "inside", _("members of the initiative")
        PUBLIC = "public", _("everyone")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="publications")
    source_kind = models.CharField(max_length=10, choices=SourceKind.choices)
    audience = models.CharField(max_length=30)
    reader_level = models.CharField(max_length=10, choices=ReaderLevel.choices, default=ReaderLevel.INSIDE)
    title = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # People (or organisations, where each has one voice) who were asked.
    invited = models.PositiveIntegerField(null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(default=5)
    # Publications are compared only when instrument lineage, audience and way of counting agree.
    comparability_key = models.CharField(max_length=120)
    response = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-ends_on", "-id"]
        indexes = [models.Index(fields=["initiative", "comparability_key", "reader_level"], name="publication_lineage")]

    def __str__(self):
        return self.title


class Result(models.Model):
    """A figure of a publication: for the whole round or one cell of a breakdown, with only what may be shown."""

    initiative_path = "publication__initiative"

    class Kind(models.TextChoices):
        ITEM = "item", _("item")
        INDICATOR = "indicator", _("indicator")
        FUNCTION = "function", _("function")

    class Hidden(models.TextChoices):
        FEW = "few", _("too few answers to show")
        ALONE = "alone", _("answered by one organisation alone")
        TOGETHER = "together", _("not shown, because a small group could be worked out from it")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="results")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=40)
    # "" is the whole round; otherwise "sector" or "group", with the cell's name.
    breakdown = models.CharField(max_length=20, blank=True)
    cell = models.CharField(max_length=120, blank=True)
    is_shown = models.BooleanField()
    hidden_because = models.CharField(max_length=10, choices=Hidden.choices, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    # Everything else that may be shown; empty when the figure is hidden.
    shown = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "kind", "code", "breakdown", "cell"], name="result_once_per_publication"
            ),
            models.CheckConstraint(
                condition=models.Q(is_shown=True) | models.Q(n__isnull=True), name="result_hidden_carries_no_figure"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.cell}".strip()


class ReleasedTexts(models.Model):
    """What people wrote to one open question, as it was released: for readers inside alone. Texts may only be taken out.

    `texts` are in random order. All of a question are one row, so that no number, place or time of a row belongs to a single
    text, and nothing leads from here to an answer, an invitation or a person. `left_out` is {reason: how many}.
    """

    initiative_path = "publication__initiative"

    class Reason(models.TextChoices):
        NAMES = "names", _("names or describes somebody")
        WRITER = "writer", _("gives its writer away")
        HARMS = "harms", _("insults or threatens")
        NOTHING = "nothing", _("says nothing about the question")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="released_texts")
    code = models.CharField(max_length=50)
    texts = models.JSONField(default=list)
    redacted = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "code"], name="released_texts_once_per_question")]

    def __str__(self):
        return f"texts on {self.code}, {self.publication}"


class PublicationNotice(models.Model):
    """A member who was told that a publication is out. Written before the mail leaves, so nobody is told twice."""

    initiative_path = "publication__initiative"

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="notices")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    claim = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "membership"], name="publication_notice_once_per_member")
        ]

    def __str__(self):
        return f"{self.publication}, {self.membership}"
