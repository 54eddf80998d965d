"""Policy: where each item stands on a day, the way it went, and how far all of them agree with the agenda."""

import datetime
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from backbone.models import PolicyItem, PolicyStage
from core.searching import with_words
from initiatives.queries import snapshot

Stage, Alignment = PolicyStage.Stage, PolicyStage.Alignment
STAGE_FIELDS = ["stage", "alignment", "reached_on", "note", "source_link"]
FORWARD, BACK, SAME = "forward", "back", "same"
KINDS_OF_STAGE = {
    Stage.IDEA: "quiet",
    Stage.DRAFTED: "draft",
    Stage.INTRODUCED: "info",
    Stage.ADOPTED: "good",
    Stage.IN_FORCE: "good",
    Stage.LOST: "quiet",
}
NO_STAGE = _("no stage yet")


def policy_snapshot(item):
    """What an item itself says, as history keeps it; its stages are told one by one."""
    audiences = sorted(item.target_audiences.values_list("pk", flat=True))
    return snapshot(item, ["title", "jurisdiction", "description"]) | {"target_audiences": audiences}


def stage_snapshot(stage):
    return snapshot(stage, STAGE_FIELDS)


def policy_items(initiative):
    return initiative.policy_items.all()


def stages_of(initiative):
    """The stages of all items that stand, each with its item."""
    found = PolicyStage.objects.filter(policy_item__initiative=initiative, policy_item__deleted_at=None)
    return found.select_related("policy_item__initiative")


def with_standing(queryset, day):
    """Policy items with `standing` and `standing_alignment` (codes) and `standing_since`: the stage of the latest day until
    `day`, of several on one day the one written last. All three are None where an item had none by then."""
    until = PolicyStage.objects.filter(policy_item=OuterRef("pk"), reached_on__lte=day).order_by("-reached_on", "-id")
    return queryset.annotate(
        standing=Subquery(until.values("stage")[:1]),
        standing_alignment=Subquery(until.values("alignment")[:1]),
        standing_since=Subquery(until.values("reached_on")[:1]),
    )


def agreeing_of_all(initiative, day):
    """(how many items are adopted or in force and at least partly aligned on `day`, how many had any stage by then)."""
    agrees = Q(standing__in=PolicyStage.DECIDED_FOR, standing_alignment__in=PolicyStage.ALIGNED)
    found = with_standing(initiative.policy_items.order_by(), day).filter(standing__isnull=False)
    counted = found.aggregate(agreeing=Count("pk", filter=agrees), all=Count("pk"))
    return counted["agreeing"], counted["all"]


def direction(before, after):
    """How a step between two stages leads: forward, back or same. Lost lies before all others."""
    place = {stage: number for number, stage in enumerate([Stage.LOST, *list(Stage)[:-1]])}
    if place[before] == place[after]:
        return SAME
    return FORWARD if place[before] < place[after] else BACK


def moved_between(initiative, first, last):
    """(how many items went forward, how many went back or were lost) by a step from `first` to `last`.

    An item that did both is counted in both. Its first stage is no step.
    """
    ways = {}
    stages = stages_of(initiative).filter(reached_on__lte=last).order_by("reached_on", "id")
    for item, stage, day in stages.values_list("policy_item", "stage", "reached_on"):
        ways.setdefault(item, []).append((stage, day))
    moved = Counter()
    for way in ways.values():
        moved.update({direction(before, after) for (before, _), (after, day) in pairwise(way) if day >= first})
    return moved[FORWARD], moved[BACK]


def filtered(found, *, stage="", alignment="", jurisdiction="", audience=None, search=""):
    """Items with their standing, as the filters of the list leave them."""
    if stage:
        found = found.filter(standing=stage)
    if alignment:
        found = found.filter(standing_alignment=alignment)
    if jurisdiction:
        found = found.filter(jurisdiction__icontains=jurisdiction)
    if audience:
        found = found.filter(target_audiences=audience)
    return with_words(found, ("searched",), search.split()) if search.split() else found


def in_order(found):
    """What is under way or decided first, the last moved before the rest; then what was lost."""
    is_lost = Case(When(standing=Stage.LOST, then=Value(1)), default=Value(0))
    return found.order_by(is_lost, F("standing_since").desc(nulls_first=True), "title", "id")


@dataclass(frozen=True)
class PolicyRow:
    """An item as lists show it: the word of its stage, the kind of its badge, its alignment in words, since when."""

    item: PolicyItem
    stage: str
    kind: str
    alignment: str
    since: datetime.date | None
    is_lost: bool


def row_of(item):
    """The row of an item that came from `with_standing`."""
    stage, alignment = item.standing, item.standing_alignment
    return PolicyRow(
        item,
        str(Stage(stage).label if stage else NO_STAGE),
        KINDS_OF_STAGE.get(stage, "quiet"),
        str(Alignment(alignment).label) if alignment else "",
        item.standing_since,
        stage == Stage.LOST,
    )


@dataclass(frozen=True)
class Step:
    """A stage of an item with how it was come to: "" for the first one, else forward, back or same."""

    stage: PolicyStage
    label: str
    kind: str
    alignment: str
    direction: str
    stands: bool


def way_of(item):
    """The Steps of an item in the order of their days."""
    stages = list(item.stages.order_by("reached_on", "id"))
    before = [None, *stages]
    return [
        Step(
            stage,
            stage.get_stage_display(),
            KINDS_OF_STAGE[stage.stage],
            stage.get_alignment_display(),
            direction(previous.stage, stage.stage) if previous else "",
            stage is stages[-1],
        )
        for previous, stage in zip(before, stages, strict=False)
    ]


@dataclass(frozen=True)
class PolicyHead:
    """What the head of the list tells: `agreeing` of `total` items, and the moves since the fiscal year began."""

    agreeing: int
    total: int
    since: str
    forward: int
    back: int


def head_of(initiative):
    """The PolicyHead of today; None while no item has a stage."""
    today = initiative.today()
    agreeing, total = agreeing_of_all(initiative, today)
    if not total:
        return None
    first, _last = initiative.fiscal_year(today)
    return PolicyHead(agreeing, total, date_format(first, "DATE_FORMAT"), *moved_between(initiative, first, today))
