"""What goes for good after its 30 days."""

from django.utils import timezone

from backbone.queries.deleted import KINDS
from initiatives.actions import restoring


def delete_for_good():
    """Of all initiatives and kinds. Harmless twice. Returns how many rows went."""
    now = timezone.now()
    return sum(restoring.delete_for_good(model=model, now=now) for model in KINDS.values())
