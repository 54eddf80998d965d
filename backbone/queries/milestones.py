"""Where the initiative stands in each model of stages, since when and on what grounds: what pages and history show."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone import stages
from backbone.models import CriterionReview, Evidence
from initiatives.permissions import Permission
from initiatives.queries import snapshot

# How many entries a form offers.
MOST_EVIDENCE = 60
GROUNDS = ["note", "source_link", "reviewed_by", "reviewed_on"]
STATUS_BADGES = {
    CriterionReview.Status.NOT_YET: "quiet",
    CriterionReview.Status.PARTLY: "warn",
    CriterionReview.Status.MET: "good",
}


def milestone_snapshot(milestone):
    """What a milestone says, as history keeps it; evidence by key."""
    return snapshot(milestone, ["model", "stage", "starts_on", *GROUNDS]) | _linked(milestone)


def review_snapshot(review):
    return snapshot(review, ["model", "criterion", "status", "looked_on", *GROUNDS]) | _linked(review)


def _linked(row):
    return {"evidence": sorted(row.evidence.values_list("pk", flat=True))}


def standing(initiative, model, day):
    """The Milestone of a model (its code) that is in force on a day: the last that begins no later, None before the first."""
    found = initiative.milestones.filter(model=model, starts_on__lte=day)
    return found.order_by("-starts_on", "-id").first()


def standings(initiative, day):
    """{code of the model: the Milestone in force on a day}, without models in which the initiative stands nowhere yet."""
    found = initiative.milestones.filter(starts_on__lte=day).order_by("model", "starts_on", "id")
    return {milestone.model: milestone for milestone in found}


def reviews_that_stand(initiative):
    """{(code of the model, code of the criterion): the CriterionReview of the latest day}."""
    found = initiative.criterion_reviews.order_by("model", "criterion", "looked_on", "id")
    return {(review.model, review.criterion): review for review in found}


def may_see_grounds(membership):
    """Whether a member reads on what grounds it is said: notes, sources, evidence entries, files and who looked at it."""
    return membership.can(Permission.EVIDENCE_VIEW)


@dataclass(frozen=True)
class StageStep:
    """One stage of a model on the way: `is_current` where the initiative stands, `is_behind` where it lies before that."""

    label: str
    is_current: bool
    is_behind: bool


@dataclass(frozen=True)
class ModelRow:
    """A model as the list shows it; without `stage` the initiative stands nowhere in it yet."""

    model: stages.StageModel
    steps: list
    stage: str
    since: str
    criteria: str
    is_chosen: bool


def model_rows(initiative, chosen):
    """All models with where the initiative stands. `chosen`: the model of phases it follows, or None."""
    today = initiative.today()
    standing_in, reviews = standings(initiative, today), reviews_that_stand(initiative)
    return [_model_row(model, standing_in.get(model.code), reviews, model == chosen) for model in stages.models()]


def _model_row(model, milestone, reviews, is_chosen):
    stage = milestone and model.stage(milestone.stage)
    return ModelRow(
        model,
        steps_of(model, milestone),
        milestone.get_stage_display() if milestone else "",
        date_format(milestone.starts_on, "DATE_FORMAT") if milestone else "",
        criteria_in_words(model, stage, reviews) if stage else "",
        is_chosen,
    )


def steps_of(model, milestone):
    here = model.place_of(milestone.stage) if milestone else None
    return [
        StageStep(str(stage.label), place == here, here is not None and place < here)
        for place, stage in enumerate(model.stages)
    ]


def criteria_in_words(model, stage, reviews):
    """ "2 of 4 criteria met" of one stage; those that nobody looked at are not met yet."""
    found = [reviews.get((model.code, criterion.code)) for criterion in stage.criteria]
    met = sum(review is not None and review.status == CriterionReview.Status.MET for review in found)
    words = ngettext("%(met)s of %(number)s criterion met", "%(met)s of %(number)s criteria met", len(found))
    return words % {"met": met, "number": len(found)}


@dataclass(frozen=True)
class GroundsShown:
    """On what grounds something is said, for those who read evidence; `reviewed` is a sentence for everybody."""

    reviewed: str
    note: str = ""
    source_link: str = ""
    evidence: list = field(default_factory=list)
    files: list = field(default_factory=list)


@dataclass(frozen=True)
class MilestoneRow:
    pk: int
    label: str
    since: str
    # It led to an earlier stage than the one before.
    went_back: bool
    is_current: bool
    grounds: GroundsShown


@dataclass(frozen=True)
class ReviewRow:
    status: str
    kind: str
    looked_on: str
    grounds: GroundsShown


@dataclass(frozen=True)
class CriterionRow:
    """A criterion with what stands of it (None where nobody has looked at it) and what was said earlier, newest first."""

    code: str
    label: str
    latest: ReviewRow | None
    earlier: list


@dataclass(frozen=True)
class StageRow:
    """`asks` is "" where the model has no phases."""

    code: str
    label: str
    asks: str
    criteria_words: str
    is_current: bool
    is_behind: bool
    criteria: list


@dataclass(frozen=True)
class ModelPage:
    """All that the page of a model shows. `history` holds every milestone, the latest first."""

    model: stages.StageModel
    stage: str
    since: str
    track: list
    stages: list
    history: list


def model_page(membership, model):
    """One model as a member may read it: three queries, and four more for those who read the grounds."""
    initiative, sees = membership.initiative, may_see_grounds(membership)
    milestones = list(_with_grounds(initiative.milestones.filter(model=model.code), sees).order_by("starts_on", "id"))
    found = _with_grounds(initiative.criterion_reviews.filter(model=model.code), sees)
    of_criterion = defaultdict(list)
    for review in found.order_by("-looked_on", "-id"):
        of_criterion[review.criterion].append(review)
    today = initiative.today()
    current = next((row for row in reversed(milestones) if row.starts_on <= today), None)
    return ModelPage(
        model,
        current.get_stage_display() if current else "",
        date_format(current.starts_on, "DATE_FORMAT") if current else "",
        steps_of(model, current),
        _stage_rows(model, current, of_criterion, sees),
        list(reversed(_milestone_rows(model, milestones, current, sees))),
    )


def _with_grounds(found, sees):
    if not sees:
        return found
    shown = Prefetch("evidence", Evidence.objects.select_related("initiative"))
    return found.select_related("reviewed_by").prefetch_related(shown, "attachments")


def _stage_rows(model, current, of_criterion, sees):
    latest = {(model.code, code): reviews[0] for code, reviews in of_criterion.items()}
    return [
        StageRow(
            stage.code,
            step.label,
            str(stage.asks or ""),
            criteria_in_words(model, stage, latest),
            step.is_current,
            step.is_behind,
            [_criterion_row(criterion, of_criterion.get(criterion.code, []), sees) for criterion in stage.criteria],
        )
        for stage, step in zip(model.stages, steps_of(model, current), strict=True)
    ]


def _criterion_row(criterion, reviews, sees):
    rows = [
        ReviewRow(
            review.get_status_display(),
            STATUS_BADGES[review.status],
            date_format(review.looked_on, "DATE_FORMAT"),
            grounds_of(review, sees),
        )
        for review in reviews
    ]
    return CriterionRow(criterion.code, str(criterion.label), rows[0] if rows else None, rows[1:])


def _milestone_rows(model, milestones, current, sees):
    places = [model.place_of(milestone.stage) for milestone in milestones]
    before = [None, *places][: len(places)]
    return [
        MilestoneRow(
            milestone.pk,
            milestone.get_stage_display(),
            date_format(milestone.starts_on, "DATE_FORMAT"),
            None not in (earlier, place) and place < earlier,
            milestone is current,
            grounds_of(milestone, sees),
        )
        for milestone, place, earlier in zip(milestones, places, before, strict=True)
    ]


def grounds_of(row, sees):
    """The grounds of a milestone or of a review; others than the backbone read only that it was reviewed, and when."""
    if not sees:
        return GroundsShown(_reviewed(row.reviewed_on, None))
    return GroundsShown(
        _reviewed(row.reviewed_on, row.reviewed_by),
        row.note,
        row.source_link,
        list(row.evidence.all()),
        list(row.attachments.all()),
    )


def _reviewed(day, by):
    if day is None:
        return ""
    words = {"day": date_format(day, "DATE_FORMAT"), "name": str(by) if by else _("the backbone")}
    return _("Reviewed by %(name)s on %(day)s") % words


def evidence_to_choose(initiative, also=()):
    """The newest entries, and `also` those (their keys)."""
    newest = list(initiative.evidence.order_by("-happened_on", "-id").values_list("pk", flat=True)[:MOST_EVIDENCE])
    return Evidence.objects.filter(initiative=initiative, pk__in=[*newest, *also])


def milestones_of(initiative):
    """Milestones that can be changed, with what their pages need."""
    return initiative.milestones.select_related("initiative")
