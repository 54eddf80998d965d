"""Public policy that the agenda needs: items, the stages each went through, and the people who have to be won for it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.searching import searched_text
from initiatives.models import Initiative, InitiativeQuerySet, Restorable
from partners.names import LONGEST_FOLDED, fold


class TargetAudience(models.Model):
    """Policymakers or influencers who have to be won: a council, a committee of a parliament, an editor."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="target_audiences")
    name = models.CharField(_("name"), max_length=200)
    folded_name = models.CharField(max_length=LONGEST_FOLDED, editable=False)
    note = models.TextField(_("what they can do, and what matters to them"), blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "folded_name"], name="target_audience_once_per_initiative")
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.folded_name = fold(self.name)
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("backbone:policy-audience-edit", args=[self.initiative.slug, self.pk])


class PolicyItem(Restorable):
    """A law, rule, budget line or practice of an authority that bears on the agenda. Where it stands, its stages say."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="policy_items")
    title = models.CharField(_("policy"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=200, blank=True)
    description = models.TextField(_("what it would change"), blank=True)
    target_audiences = models.ManyToManyField(
        TargetAudience, blank=True, related_name="policy_items", verbose_name=_("target audiences")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "jurisdiction", "description")

    class Meta:
        ordering = ["title", "id"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:policy-detail", args=[self.initiative.slug, self.pk])


class PolicyStage(models.Model):
    """The stage a policy item reached on a day, and how far its words agreed with the agenda then.

    The one of the latest day stands. A later stage may lie before an earlier one: bills fall back. Words that were changed
    within a stage are a row of their own.
    """

    initiative_path = "policy_item__initiative"

    class Stage(models.TextChoices):
        IDEA = "idea", _("idea")
        DRAFTED = "drafted", _("drafted")
        INTRODUCED = "introduced", _("introduced")
        ADOPTED = "adopted", _("adopted")
        IN_FORCE = "in_force", _("in force")
        LOST = "lost", _("lost")

    class Alignment(models.TextChoices):
        AGAINST = "against", _("against the agenda")
        NOT = "not", _("not aligned")
        PARTLY = "partly", _("partly aligned")
        FULLY = "fully", _("fully aligned")

    # What is law, or will be without another vote.
    DECIDED_FOR = (Stage.ADOPTED, Stage.IN_FORCE)
    ALIGNED = (Alignment.PARTLY, Alignment.FULLY)

    policy_item = models.ForeignKey(PolicyItem, models.CASCADE, related_name="stages", verbose_name=_("policy"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    alignment = models.CharField(_("alignment with the agenda"), max_length=20, choices=Alignment.choices)
    reached_on = models.DateField(_("since"))
    note = models.TextField(_("note"), blank=True)
    source_link = models.URLField(_("link to the source"), max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["reached_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=["idea", "drafted", "introduced", "adopted", "in_force", "lost"]),
                name="policy_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(alignment__in=["against", "not", "partly", "fully"]),
                name="policy_stage_alignment_known",
            ),
        ]
        indexes = [models.Index(fields=["policy_item", "reached_on"], name="policy_stage_by_day")]

    def __str__(self):
        return f"{self.get_stage_display()}, {self.reached_on}"
