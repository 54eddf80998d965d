from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from initiatives.models import Function, Initiative, InitiativeQuerySet


class EffortPlan(models.Model):
    """Where the backbone's hours should go from a day on. It never changes: whoever thinks anew writes a new one."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="effort_plans")
    starts_on = models.DateField(_("from"))
    phase = models.CharField(_("phase"), max_length=120, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]

    def __str__(self):
        return self.phase or str(self.starts_on)


class EffortShare(models.Model):
    """What part of the hours one function should get. The shares of a plan add up to 100."""

    initiative_path = "plan__initiative"

    plan = models.ForeignKey(EffortPlan, models.CASCADE, related_name="shares")
    function = models.ForeignKey(Function, models.CASCADE, related_name="effort_shares")
    percent = models.PositiveSmallIntegerField(_("percent"))

    class Meta:
        ordering = ["plan", "function"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "function"], name="effort_share_once_per_function"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="effort_share_at_most_all"),
        ]

    def __str__(self):
        return f"{self.function}: {self.percent} %"


class BackboneCost(models.Model):
    """What the backbone cost in one fiscal year: one amount in one currency, never added to one in another."""

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        SALARIES = "salaries", _("Salaries")
        OTHER = "other", _("Other costs")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="backbone_costs")
    # The first day of the year; it stays when the initiative's year is moved later.
    year_starts_on = models.DateField(_("fiscal year"))
    kind = models.CharField(_("for"), max_length=10, choices=Kind.choices, default=Kind.SALARIES)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-year_starts_on", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="backbone_cost_not_negative")]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.amount} {self.currency}"
