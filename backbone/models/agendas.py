from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from backbone.models.decisions import Decision
from backbone.models.meetings import LONGEST_MEETING, Meeting
from backbone.models.owners import Owned
from initiatives.models import Goal


class AgendaItem(Owned):
    """One item of a meeting's agenda. What was not reached can be carried over to a later meeting."""

    initiative_path = "meeting__initiative"

    class Kind(models.TextChoices):
        INFORMATION = "information", _("information")
        DISCUSSION = "discussion", _("discussion")
        STRATEGIC = "strategic", _("strategic")
        DECISION = "decision", _("decision")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("item"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.DISCUSSION)
    duration = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MEETING)]
    )
    goal = models.ForeignKey(
        Goal, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("goal it serves")
    )
    decision = models.ForeignKey(
        Decision, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("decision")
    )
    # Empty until the meeting was held and somebody said so.
    was_reached = models.BooleanField(_("reached"), null=True, blank=True)
    carried_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="carried_to"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [*Owned.Meta.constraints]

    def __str__(self):
        return self.title
