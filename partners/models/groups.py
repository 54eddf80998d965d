"""The steering committee and the working groups, and who should sit there."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, InitiativeQuerySet
from partners.models.organisations import Sector
from partners.names import LONGEST_FOLDED, fold


class Group(models.Model):
    """The steering committee, or a working group on one element of the agenda."""

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        STEERING_COMMITTEE = "steering_committee", _("Steering committee")
        WORKING_GROUP = "working_group", _("Working group")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=120)
    folded_name = models.CharField(max_length=LONGEST_FOLDED, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.WORKING_GROUP)
    purpose = models.TextField(_("purpose"), blank=True)
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "folded_name"], name="group_once_per_initiative"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="group_ends_after_it_starts",
                violation_error_message=_("The end lies before the start. Change one of the two dates."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.folded_name = fold(self.name)
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("partners:group-detail", args=[self.initiative.slug, self.pk])


class WantedSeats(models.Model):
    """How many seats of a committee or group should be a sector's; without a sector: for lived experience."""

    initiative_path = "group__initiative"

    group = models.ForeignKey(Group, models.CASCADE, related_name="wanted_seats", verbose_name=_("committee or group"))
    sector = models.ForeignKey(
        Sector, models.CASCADE, null=True, blank=True, related_name="wanted_seats", verbose_name=_("sector")
    )
    seats = models.PositiveSmallIntegerField(
        _("seats wanted"), validators=[MinValueValidator(1), MaxValueValidator(200)]
    )

    class Meta:
        ordering = ["group", "sector__name"]
        verbose_name_plural = "wanted seats"
        constraints = [
            models.UniqueConstraint(fields=["group", "sector"], name="wanted_seats_once_per_sector"),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(sector__isnull=True), name="wanted_seats_once_for_lived_experience"
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="wanted_seats_at_least_one"),
        ]

    def __str__(self):
        return f"{self.group}: {self.sector or _('lived experience')} × {self.seats}"
