from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.searching import searched_text
from initiatives.models import Initiative, InitiativeQuerySet
from partners.names import LONGEST_FOLDED, fold


class Sector(models.Model):
    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="sectors")
    name = models.CharField(_("sector"), max_length=120)
    folded_name = models.CharField(max_length=LONGEST_FOLDED, editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["initiative", "folded_name"], name="sector_once_per_initiative")]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.folded_name = fold(self.name)
        super().save(**kwargs)


class Organisation(models.Model):
    """A partner: an organisation, or a community member taking part as one person."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="organisations")
    name = models.CharField(_("name"), max_length=200)
    folded_name = models.CharField(max_length=LONGEST_FOLDED, editable=False)
    sector = models.ForeignKey(
        Sector, models.SET_NULL, null=True, blank=True, related_name="organisations", verbose_name=_("sector")
    )
    is_person = models.BooleanField(_("a community member taking part as one person"), default=False)
    partner_since = models.DateField(_("partner since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    notes = models.TextField(_("notes for the backbone"), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("name", "notes")

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "folded_name"], name="organisation_once_per_initiative")
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.folded_name = fold(self.name)
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("partners:organisation-detail", args=[self.initiative.slug, self.pk])
