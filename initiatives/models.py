"""The tenant: everything belongs to exactly one initiative, and `initiative_path` on each model says by which way."""

import datetime
import zoneinfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from initiatives.permissions import BACKBONE_ROLES, PERMISSIONS_OF_ROLE, Role
from initiatives.quiet import QuietTime


def within(queryset, initiative):
    """The rows of `queryset` that belong to `initiative`, by the model's `initiative_path`; people by their membership.

    A model that does not say how it leads to its initiative raises AttributeError, so that none slips through.
    """
    if queryset.model is get_user_model():
        return queryset.filter(memberships__initiative=initiative)
    return queryset.filter(**{queryset.model.initiative_path or "pk": initiative.pk})


class InitiativeQuerySet(models.QuerySet):
    """Manager of every model that belongs to an initiative: `objects = InitiativeQuerySet.as_manager()`."""

    def for_initiative(self, initiative):
        return within(self, initiative)


class RestorableManager(models.Manager.from_queryset(InitiativeQuerySet)):
    """The rows that stand. Joins from elsewhere must say `…__deleted_at=None` themselves."""

    def get_queryset(self):
        return super().get_queryset().filter(deleted_at=None)


class Restorable(models.Model):
    """What can be restored for 30 days after it was deleted. `objects` holds what stands; `with_deleted` everything."""

    KEPT_FOR = datetime.timedelta(days=30)

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = RestorableManager()
    with_deleted = InitiativeQuerySet.as_manager()

    class Meta:
        abstract = True


class Reminded(models.Model):
    """What mails remind its owner of, so often and no oftener (backbone/brakes.py)."""

    # The steps until this day are behind it: it was written down, changed or spoken of in a mail then.
    reminders_since = models.DateField(null=True, blank=True, editable=False)
    # How many mails have spoken of it.
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class FunctionCode(models.TextChoices):
    """The six functions of a backbone, and the optional seventh. Labels can be edited per initiative; codes never change."""

    VISION = "vision", _("Guide vision and strategy")
    ALIGNMENT = "alignment", _("Support aligned activities")
    MEASUREMENT = "measurement", _("Establish shared measurement practices")
    COMMUNITY = "community", _("Cultivate community engagement and ownership")
    POLICY = "policy", _("Advance policy")
    RESOURCES = "resources", _("Mobilize resources")
    EQUITY = "equity", _("Ensure a focus on equity")


class Initiative(models.Model):
    """One collective impact effort with a common agenda."""

    initiative_path = ""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    default_language = models.CharField(
        _("default language"), max_length=10, default="en", choices=settings.SURVEY_LANGUAGES
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    fiscal_year_starts_in = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    threshold = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=5, validators=[MinValueValidator(3), MaxValueValidator(50)]
    )
    # What people answered is deleted this long after a round has closed; its figures stay.
    retention_months = models.PositiveSmallIntegerField(
        _("answers are kept, in months"), default=24, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    # Between these two hours where a person is, no survey mail leaves; both empty: at any hour.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_weekends = models.BooleanField(_("no mails on Saturdays and Sundays"), default=False)
    # Days without mails: "2026-04-06", or "12-25" for each year.
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    mail_gap_days = models.PositiveSmallIntegerField(
        _("least days between two mails to one person"), default=3, validators=[MaxValueValidator(30)]
    )
    sends_reminders = models.BooleanField(_("mails remind of action items and commitments"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(threshold__gte=3), name="initiative_threshold_at_least_3"),
            models.CheckConstraint(
                condition=models.Q(fiscal_year_starts_in__range=(1, 12)), name="initiative_fiscal_month_exists"
            ),
            models.CheckConstraint(
                condition=models.Q(retention_months__range=(1, 120)), name="initiative_answers_are_kept_1_to_120_months"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="initiative_quiet_hours_have_two_ends",
                violation_error_message=_(
                    "Quiet hours need a beginning and an end. Fill in both, or leave both empty."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("backbone:dashboard", args=[self.slug])

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    def zone_named(self, name):
        """The zone of somebody who has one of their own, or none (""): the initiative's."""
        return zoneinfo.ZoneInfo(name) if name else self.zone

    @property
    def quiet_time(self):
        """When nobody gets a survey mail, on each person's own clock."""
        return QuietTime(self.quiet_from, self.quiet_until, self.quiet_weekends, frozenset(self.holidays))

    def is_awake(self):
        """Whether it is no quiet time where the initiative is: for mails to its own people."""
        return self.quiet_time.allows(timezone.now(), self.zone)

    def today(self):
        """The date in the initiative's own zone."""
        return timezone.now().astimezone(self.zone).date()

    def fiscal_year(self, day):
        """(first day, last day) of the fiscal year that holds `day`."""
        month = self.fiscal_year_starts_in
        year = day.year if day.month >= month else day.year - 1
        next_first = datetime.date(year + 1, month, 1)
        return datetime.date(year, month, 1), next_first - datetime.timedelta(days=1)


class CommonAgenda(models.Model):
    """One version of the common agenda, a living document. The highest number is the one in force."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="agendas")
    number = models.PositiveIntegerField(_("version"), default=1)
    problem = models.TextField(_("the problem we share"), blank=True)
    population = models.TextField(_("whom it concerns"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    principles = models.TextField(_("guiding principles"), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["initiative", "number"], name="common_agenda_version_once")]

    def __str__(self):
        return f"{self.initiative}, version {self.number}"


class Goal(models.Model):
    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="goals")
    title = models.CharField(_("goal"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return self.title


class Function(models.Model):
    """One of the six functions as this initiative names it, or the seventh."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="functions")
    code = models.CharField(max_length=20, choices=FunctionCode.choices)
    label = models.CharField(_("label"), max_length=120, blank=True)
    enabled = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "code"], name="function_once_per_initiative"),
            models.CheckConstraint(condition=models.Q(code__in=FunctionCode.values), name="function_code_known"),
        ]

    def __str__(self):
        return self.label or str(FunctionCode(self.code).label)


class Membership(models.Model):
    """What a person is in an initiative: a role, and through it the permissions."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    wants_reminders = models.BooleanField(_("remind me of my action items by mail"), default=True)
    wants_digest = models.BooleanField(_("mail me each Monday what waits"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "user"], name="membership_once_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"

    @property
    def is_backbone(self):
        return self.role in BACKBONE_ROLES

    def can(self, permission):
        return permission in PERMISSIONS_OF_ROLE[self.role]


class HistoryEntry(models.Model):
    """Who changed what, when, from which values to which. Written inside the transaction of the change; never edited."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="history")
    happened_at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["initiative", "object_kind", "object_id"], name="history_by_object")]

    def __str__(self):
        return f"{self.verb} {self.object_label}"
