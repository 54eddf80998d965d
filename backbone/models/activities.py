from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone import activity_kinds
from backbone.models.meetings import Meeting
from backbone.models.people_counted import PeopleCounted
from backbone.models.policy import TargetAudience
from core.searching import searched_text
from initiatives.models import Function, Initiative, Restorable
from partners.models import Group, Organisation


class Activity(Restorable, PeopleCounted):
    """Something the backbone did: a date, minutes, one or more functions, people, partners, a group, an outcome.

    Some kinds have a few fields of their own; `people_least` and `people_most` are how many people it reached.
    """

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        WORK = "work", _("other work")
        ENGAGEMENT = "engagement", _("community engagement")
        COMMUNICATION = "communication", _("communication")
        # A communication that spreads what partners achieved.
        ACHIEVEMENT = "achievement", _("partner achievement")
        ASSISTANCE = "assistance", _("technical assistance")

    class EngagementLevel(models.TextChoices):
        INFORM = "inform", _("inform")
        CONSULT = "consult", _("consult")
        INVOLVE = "involve", _("involve")
        COLLABORATE = "collaborate", _("collaborate")
        LEAD = "lead", _("lead")

    FIELDS_OF_KIND = activity_kinds.FIELDS_OF_KIND

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="activities")
    title = models.CharField(_("what"), max_length=200)
    held_on = models.DateField(_("date"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(24 * 60)])
    # Staff minutes are the duration times the staff present.
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("staff"))
    partners = models.ManyToManyField(Organisation, blank=True, related_name="activities", verbose_name=_("partners"))
    group = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, related_name="activities", verbose_name=_("committee or group")
    )
    # The meeting whose time this is.
    meeting = models.OneToOneField(Meeting, models.SET_NULL, null=True, blank=True, related_name="activity")
    outcome = models.TextField(_("what came of it"), blank=True)
    # Its minutes count in every total; what it was is for those alone who may read the log.
    behind_the_scenes = models.BooleanField(_("behind the scenes"), default=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.WORK)
    # How much the community had to say: from being told to leading.
    engagement_level = models.CharField(
        _("level of engagement"), max_length=20, choices=EngagementLevel.choices, blank=True
    )
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    # Of technical assistance, which may take longer than the minutes of one day say.
    days = models.DecimalField(
        _("days"), max_digits=5, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # With whom it spoke for policy.
    target_audiences = models.ManyToManyField(
        TargetAudience, blank=True, related_name="activities", verbose_name=_("target audiences")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "outcome")

    class Meta:
        ordering = ["-held_on", "-id"]
        verbose_name_plural = "activities"
        constraints = [
            *PeopleCounted.Meta.constraints,
            models.CheckConstraint(condition=models.Q(minutes__range=(1, 1440)), name="activity_minutes_within_a_day"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["work", "engagement", "communication", "achievement", "assistance"]),
                name="activity_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(engagement_level="") | models.Q(kind="engagement"),
                name="activity_level_is_of_engagement",
            ),
        ]
        indexes = [models.Index(fields=["initiative", "held_on"], name="activity_by_date")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:activity-edit", args=[self.initiative.slug, self.pk])


class ActivityFunction(models.Model):
    """How much of an activity served one function; weights are relative to each other."""

    initiative_path = "activity__initiative"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="shares")
    function = models.ForeignKey(Function, models.CASCADE, related_name="shares")
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "function"], name="activity_function_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="activity_function_weight_positive"),
        ]

    def __str__(self):
        return f"{self.function} × {self.weight}"
