"""Where the initiative stands in a model of stages (`backbone.stages`): set by staff, with evidence, reviewer and date."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from backbone import stages
from backbone.models.evidence import Evidence
from indicators.models import Publication
from initiatives.models import Initiative, InitiativeQuerySet, Restorable


class Grounds(models.Model):
    """What somebody says of the initiative's progress, and on what grounds."""

    # A code of `backbone.stages`.
    model = models.CharField(max_length=40)
    note = models.TextField(_("why"), blank=True)
    source_link = models.URLField(_("link to the source"), max_length=500, blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="+", verbose_name=_("evidence"))
    # Who looked at it, and when; nobody yet where empty.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True

    @property
    def model_label(self):
        """The name of the model; its code where the product knows it no longer."""
        model = stages.model(self.model)
        return str(model.label) if model else self.model


class Milestone(Restorable, Grounds):
    """A stage of a model that the initiative is in from a day on, until the next one. Going back is a milestone, too."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="milestones")
    stage = models.CharField(_("stage"), max_length=40)
    starts_on = models.DateField(_("since"))

    class Meta:
        ordering = ["model", "starts_on", "id"]
        indexes = [models.Index(fields=["initiative", "model", "starts_on"], name="milestone_by_day")]

    def __str__(self):
        day = date_format(self.starts_on, "DATE_FORMAT")
        return _("%(model)s: %(stage)s, since %(day)s") % {"model": self.model_label, "stage": self.label, "day": day}

    def get_absolute_url(self):
        return reverse("backbone:milestone-model", args=[self.initiative.slug, self.model])

    @property
    def label(self):
        """The stage in words; its code where the product knows it no longer."""
        model = stages.model(self.model)
        stage = model and model.stage(self.stage)
        return str(stage.label) if stage else self.stage


class CriterionReview(Grounds):
    """How far a criterion of a model was met on a day. The one of the latest day stands; none is ever changed."""

    initiative_path = "initiative"

    class Status(models.TextChoices):
        NOT_YET = "not_yet", _("not yet")
        PARTLY = "partly", _("partly met")
        MET = "met", _("met")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="criterion_reviews")
    criterion = models.CharField(_("criterion"), max_length=60)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    looked_on = models.DateField(_("as of"))

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["model", "criterion", "looked_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["not_yet", "partly", "met"]), name="criterion_review_status_known"
            )
        ]

    def __str__(self):
        model = stages.model(self.model)
        criterion = model and model.criterion(self.criterion)
        return str(criterion.label) if criterion else self.criterion


class PhaseModel(models.Model):
    """The model of phases that the initiative has chosen, a code of `backbone.stages`."""

    initiative_path = "initiative"

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="phase_model")
    model = models.CharField(max_length=40)

    objects = InitiativeQuerySet.as_manager()

    def __str__(self):
        model = stages.model(self.model)
        return str(model.label) if model else self.model


class StatusPeriod(models.Model):
    """The publication that stands for the milestones of an indicator of source "status"."""

    initiative_path = "initiative"

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="status_period")
    publication = models.OneToOneField(Publication, models.CASCADE, related_name="status_period")
    # Of the figures, so that a count that says the same writes nothing.
    digest = models.CharField(max_length=64)

    objects = InitiativeQuerySet.as_manager()

    def __str__(self):
        return f"{self.initiative}"
