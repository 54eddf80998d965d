"""The initiative chooses the model of phases that it follows."""

from django.db import transaction

from backbone import stages
from backbone.models import PhaseModel
from initiatives.actions import history
from initiatives.queries import snapshot


@transaction.atomic
def choose(*, initiative, model, by):
    """Follow the phases of `model` (its code) from now on; milestones of other models stay. Returns the PhaseModel, and
    writes nothing where it is chosen already. Raises ValueError for a model without phases."""
    if model not in {known.code for known in stages.phase_models()}:
        raise ValueError(f"{model} is no model of phases")
    before = PhaseModel.objects.filter(initiative=initiative).first()
    if before and before.model == model:
        return before
    chosen, _is_new = PhaseModel.objects.update_or_create(initiative=initiative, defaults={"model": model})
    told = {"before": snapshot(before, ["model"]) if before else {}, "after": snapshot(chosen, ["model"])}
    history.record(initiative=initiative, verb="phasemodel_chosen", target=chosen, **told, by=by)
    return chosen
