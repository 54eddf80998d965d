"""The names of the six functions here, and the switch of the seventh."""

from django.db import transaction

from initiatives.actions import history
from initiatives.models import FunctionCode
from initiatives.queries import functions_snapshot


def change(*, initiative, labels, equity_enabled, by):
    """Write labels (code to text; empty means the usual name) and the seventh's switch, in one history entry."""
    with transaction.atomic():
        before = functions_snapshot(initiative)
        for function in initiative.functions.all():
            function.label = labels.get(function.code, function.label)
            if function.code == FunctionCode.EQUITY:
                function.enabled = equity_enabled
            function.save(update_fields=["label", "enabled"])
        after = functions_snapshot(initiative)
        if before != after:
            history.record(
                initiative=initiative,
                verb="functions_changed",
                target=initiative,
                before=before,
                after=after,
                by=by,
            )
