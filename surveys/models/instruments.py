from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative


class Instrument(models.Model):
    """A questionnaire and its lineage: rounds of the same instrument can be compared."""

    initiative_path = "initiative"

    class Audience(models.TextChoices):
        PARTNERS = "partners", _("partners")
        COMMITTEE = "committee", _("steering committee")
        COMMUNITY = "community", _("community members")
        POLICYMAKERS = "policymakers", _("policymakers and influencers")
        FUNDERS = "funders", _("funders")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="instruments")
    code = models.SlugField(max_length=60)
    audience = models.CharField(max_length=20, choices=Audience.choices)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["initiative", "code"], name="instrument_once_per_initiative")]

    def __str__(self):
        return self.code


class InstrumentVersion(models.Model):
    """One published version. Its definition never changes; a new text is a new version."""

    initiative_path = "instrument__initiative"

    class Origin(models.TextChoices):
        SHIPPED = "shipped", _("from Backbone")
        TRANSLATED = "translated", _("translated here")

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    # SHA-256 of the canonical definition: finds out whether the shipped text is already a version.
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.SHIPPED)
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_number_once"),
        ]

    def __str__(self):
        return f"{self.instrument} {self.number}"
