"""Which periods of the log were counted, and what was known of the log when they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models import Publication
from initiatives.models import Initiative


class LogPeriod(models.Model):
    """A month, quarter or fiscal year with the publication that stands for it. A count that comes out different takes the
    publication's place in one transaction, so that no page ever sees half of either.
    """

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        FISCAL_YEAR = "fiscal_year", _("fiscal year")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="log_periods")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    publication = models.OneToOneField(Publication, models.CASCADE, related_name="log_period")
    # Of the figures, so that a count that says the same writes nothing.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-ends_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "kind", "starts_on"], name="log_period_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="log_period_ends_later"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.starts_on} – {self.ends_on}"


class LogCount(models.Model):
    """The newest entry of an initiative's history when its log was last counted, and on which day of the initiative.

    Every change of a row writes its entry in the same transaction, so a newer one means that the figures may be old.
    Entries can be committed in another order than they were numbered: a count holds for sure once a second one has
    found the same newest entry.
    """

    initiative_path = "initiative"

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="log_count")
    history_id = models.BigIntegerField(default=0)
    is_settled = models.BooleanField(default=False)
    counted_on = models.DateField()

    def __str__(self):
        return f"{self.initiative}, {self.counted_on}"
