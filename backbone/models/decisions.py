from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.models.meetings import Meeting
from backbone.models.owners import Owned
from core.searching import searched_text
from initiatives.models import Initiative, Restorable
from partners.models import Group


class Decision(Owned, Restorable):
    """A question a body has to decide, from the day it is raised; open until `decided_on`."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="decisions")
    title = models.CharField(_("what is to be decided"), max_length=300)
    # Which committee or group decides.
    body = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("who decides")
    )
    raised_on = models.DateField(_("raised on"))
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    options = models.TextField(_("options"), blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    outcome = models.TextField(_("what was decided"), blank=True)
    rationale = models.TextField(_("reasons"), blank=True)
    dissent = models.TextField(_("dissent"), blank=True)
    recusal = models.TextField(_("who did not take part, and why"), blank=True)
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    # Counts what was saved, so that nobody writes over another's words.
    version = models.PositiveIntegerField(default=0, editable=False)
    raised_in = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, blank=True, editable=False, related_name="decisions_raised"
    )
    # The meeting in which it was decided.
    meeting = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("decided in")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "options", "outcome", "rationale")

    class Meta:
        ordering = ["-raised_on", "-id"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(decided_on__isnull=True) | models.Q(decided_on__gte=models.F("raised_on")),
                name="decision_decided_after_it_was_raised",
                violation_error_message=_("It was decided before it was raised. Change one of the two dates."),
            ),
        ]
        indexes = [models.Index(fields=["initiative", "decided_on"], name="decision_by_day")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:decision-detail", args=[self.initiative.slug, self.pk])
