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

    model = models.CharField(_("model"), max_length=40, choices=stages.model_choices)
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


class Milestone(Restorable, Grounds):
    """A stage of a model that the initiative is in from a day on, until the next one. Going back is a milestone, too."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="milestones")
    stage = models.CharField(_("stage"), max_length=40, choices=stages.stage_choices)
    starts_on = models.DateField(_("since"))

    class Meta:
        ordering = ["model", "starts_on", "id"]
        indexes = [models.Index(fields=["initiative", "model", "starts_on"], name="milestone_by_day")]

    def __str__(self):
        day = date_format(self.starts_on, "DATE_FORMAT")
        stage = {"model": self.get_model_display(), "stage": self.get_stage_display(), "day": day}
        return _("%(model)s: %(stage)s, since %(day)s") % stage

    def get_absolute_url(self):
        return reverse("backbone:milestone-model", args=[self.initiative.slug, self.model])


class CriterionReview(Grounds):
    """How far a criterion of a model was met on a day. The one of the latest day stands; none is ever changed."""

    initiative_path = "initiative"

    class Status(models.TextChoices):
        NOT_YET = "not_yet", _("not yet")
        PARTLY = "partly", _("partly met")
        MET = "met", _("met")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="criterion_reviews")
    criterion = models.CharField(_("criterion"), max_length=60, choices=stages.criterion_choices)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    looked_on = models.DateField(_("as of"))

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["model", "criterion", "looked_on", "id"]
        verbose_name = _("review of a criterion")
        verbose_name_plural = _("reviews of criteria")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["not_yet", "partly", "met"]), name="criterion_review_status_known"
            )
        ]

    def __str__(self):
        return self.get_criterion_display()

    def get_absolute_url(self):
        return reverse("backbone:milestone-model", args=[self.initiative.slug, self.model])


class PhaseModel(models.Model):
    """The model of phases that the initiative has chosen, a code of `backbone.stages`."""

    initiative_path = "initiative"

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="phase_model")
    model = models.CharField(_("model"), max_length=40, choices=stages.phase_model_choices)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("model of phases")
        verbose_name_plural = _("models of phases")

    def __str__(self):
        return self.get_model_display()

    def get_absolute_url(self):
        return reverse("backbone:milestone-phases", args=[self.initiative.slug])


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
