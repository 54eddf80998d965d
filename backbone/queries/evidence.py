"""Evidence entries: which of them have a source, and what their pages and history show."""

from django.db.models import Exists, OuterRef, Q

from backbone.models import EvidenceAttachment
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
