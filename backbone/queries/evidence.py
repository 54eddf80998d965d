"""Evidence entries: which of them have a source, and what their pages and history show."""

import re
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from backbone.models import Evidence, EvidenceAttachment
from core.highlighting import words_of
from core.searching import with_words
from indicators.catalogue import catalogue
from initiatives.queries import snapshot

WRITTEN = [
    "kind",
    "happened_on",
    "title",
    "description",
    "made_easier",
    "people_least",
    "people_most",
    "source_link",
    "confirmed_by",
    "confirmed_by_other",
]
# Rows that an entry points to.
LINKED = ("partners", "target_audiences")
SITE = re.compile(r"https?://([^/?#\\]*)", re.I)
WITH_SOURCE, WITHOUT_SOURCE = "yes", "no"
FILTERS = {"kind": "kind", "partner": "partners", "since": "happened_on__gte", "until": "happened_on__lte"}


def evidence_snapshot(evidence):
    """What an entry says, as history keeps it: partners and target audiences by key."""
    linked = {name: sorted(getattr(evidence, name).values_list("pk", flat=True)) for name in LINKED}
    return snapshot(evidence, WRITTEN) | linked


def has_source():
    """The condition that an entry has a link, a file, or somebody who confirmed it."""
    files = EvidenceAttachment.objects.filter(evidence=OuterRef("pk"))
    said = ~Q(source_link="") | Q(confirmed_by__isnull=False) | ~Q(confirmed_by_other="")
    return said | Exists(files)


def sourced(queryset):
    """Those entries that have a source: only they are counted in figures."""
    return queryset.filter(has_source())


def is_sourced(evidence):
    return sourced(Evidence.objects.filter(pk=evidence.pk)).exists()


def without_source(initiative):
    """How many entries of an initiative are counted in no figure."""
    return initiative.evidence.exclude(has_source()).count()


def entries(initiative, filters=None):
    """Newest first, with all that a list or a page shows. `filters`: any of kind, partner, since, until, sourced, search."""
    found = initiative.evidence.select_related("initiative", "confirmed_by__organisation")
    for name, value in (filters or {}).items():
        if name == "search":
            found = with_words(found, ("searched",), words_of(value))
        elif name == "sourced":
            found = sourced(found) if value == WITH_SOURCE else found.exclude(has_source())
        else:
            found = found.filter(**{FILTERS[name]: value})
    found = found.annotate(is_sourced=ExpressionWrapper(has_source(), output_field=BooleanField()))
    return found.prefetch_related(*LINKED, "attachments")


@dataclass(frozen=True)
class EvidenceRow:
    """An entry as its list shows it. `link` is the address of its source, "" for what no browser should follow."""

    evidence: Evidence
    partners: str
    link: str
    files: int
    confirmed_by: str

    @property
    def site(self):
        """What the link leads to, in short: "news.example"."""
        return SITE.match(self.link)[1].rpartition("@")[2].removeprefix("www.") if self.link else ""

    @property
    def tells_people(self):
        """Whether it says how many people, or should: of community action also that nobody knows is told."""
        return self.evidence.people_least is not None or self.evidence.kind == Evidence.Kind.COMMUNITY_ACTION


def evidence_row(evidence):
    """Of an entry that came from `entries`."""
    return EvidenceRow(
        evidence,
        ", ".join(str(partner) for partner in evidence.partners.all()),
        followed(evidence.source_link),
        len(evidence.attachments.all()),
        _confirmed_by(evidence),
    )


def followed(link):
    """The link where it leads to a page of the web, otherwise "": whatever a file or a program brought is text."""
    return link if SITE.match(link) else ""


def _confirmed_by(evidence):
    if evidence.confirmed_by:
        return f"{evidence.confirmed_by}, {evidence.confirmed_by.organisation}"
    return evidence.confirmed_by_other


def indicator_of(evidence):
    """The indicator of the catalogue that entries of this kind feed."""
    return next(indicator for indicator in catalogue() if indicator.log == evidence.kind)


def stories_of(evidence):
    """The stories that use an entry and were not deleted."""
    return evidence.stories.filter(deleted_at=None)


def contacts_to_confirm(initiative, also=None):
    """Who can have confirmed an entry: contacts of partners, and whoever did confirm `also`."""
    found = initiative.contacts.active(on=initiative.today()).without_backbone()
    if also and also.confirmed_by_id:
        found = found | initiative.contacts.filter(pk=also.confirmed_by_id)
    return found.select_related("organisation").order_by("name", "id").distinct()
