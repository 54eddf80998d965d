from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative
from surveys.models.instruments import Instrument
from surveys.recurrence import next_occurrence


class RoundPlan(models.Model):
    """In which months rounds of an instrument come round: each is drafted from the last one, and sent by a director only."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="round_plans")
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="plans")
    # Numbers of months, for example [3, 9].
    months = models.JSONField(_("months"), default=list)
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    days_open = models.PositiveSmallIntegerField(
        _("days open"), default=21, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    lead_days = models.PositiveSmallIntegerField(
        _("drafted so many days before"), default=21, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    is_active = models.BooleanField(_("in force"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["instrument__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "instrument"],
                name="round_plan_once_per_instrument",
                violation_error_message=_("This instrument is repeated already. Change that plan instead."),
            ),
            models.CheckConstraint(condition=models.Q(day__range=(1, 31)), name="round_plan_day_exists"),
        ]

    def __str__(self):
        return f"{self.instrument}, {self.months}"

    def next_opening(self, today):
        """The day on which the next round would open, today or later; None without months."""
        return next_occurrence(self.months, self.day, since=today)
