"""The people at partners who can be asked, and the seats they hold."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.searching import searched_text
from initiatives.models import Initiative, InitiativeQuerySet, Membership
from initiatives.permissions import BACKBONE_ROLES
from partners.models.groups import Group
from partners.models.organisations import Organisation, Sector


class ContactQuerySet(InitiativeQuerySet):
    def active(self, *, on):
        """Those who on that day have not left, at organisations that have not left."""
        return self.filter(
            models.Q(left_on=None) | models.Q(left_on__gt=on),
            models.Q(organisation__left_on=None) | models.Q(organisation__left_on__gt=on),
        )

    def without_backbone(self):
        """Those whose address is not that of a director or staff member of the same initiative."""
        backbone = Membership.objects.filter(
            initiative=models.OuterRef("initiative"), role__in=BACKBONE_ROLES, user__email=models.OuterRef("email")
        )
        return self.exclude(models.Exists(backbone))

    def reachable(self):
        return self.filter(reachability=Contact.Reachability.REACHABLE)

    def in_groups(self, groups, *, on):
        """Those who hold a seat on one of `groups` on that day."""
        seats = Seat.objects.open(on=on).filter(group__in=groups, holder=models.OuterRef("pk"))
        return self.filter(models.Exists(seats))


class Contact(models.Model):
    """A person at a partner who can be asked. Needs no account."""

    initiative_path = "initiative"

    class Reachability(models.TextChoices):
        REACHABLE = "reachable", _("reachable")
        BOUNCED = "bounced", _("mail comes back")
        OPTED_OUT = "opted_out", _("wants no more mail")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="contacts")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="contacts", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.SURVEY_LANGUAGES, default="en")
    # Empty: where the initiative is.
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_lead = models.BooleanField(_("lead contact of the organisation"), default=False)
    reachability = models.CharField(max_length=20, choices=Reachability.choices, default=Reachability.REACHABLE)
    reachability_reason = models.CharField(max_length=500, blank=True)
    wants_reminders = models.BooleanField(_("wants to be reminded of promises"), default=True)
    # Raise it to make every link to this person's own page that was mailed so far worth nothing.
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    partner_since = models.DateField(_("partner since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("name", "email", "role")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "email"], name="contact_address_once_per_initiative"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="contact_email_is_lower_case"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_lead=True),
                name="contact_one_lead_per_organisation",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("partners:contact-detail", args=[self.initiative.slug, self.pk])

    def zone_in(self, initiative):
        """Where this person's clock stands; `initiative` is theirs, passed so that nobody reads it once for each."""
        return initiative.zone_named(self.time_zone)


class SeatQuerySet(InitiativeQuerySet):
    def open(self, *, on):
        """Seats that exist on that day, vacant ones among them."""
        return self.filter(
            models.Q(starts_on=None) | models.Q(starts_on__lte=on), models.Q(ends_on=None) | models.Q(ends_on__gte=on)
        )


class Seat(models.Model):
    """A place on a committee or group. It outlives its holder, and lived experience is a property of the seat."""

    initiative_path = "group__initiative"

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        CO_CHAIR = "co_chair", _("Co-chair")
        MEMBER = "member", _("Member")

    group = models.ForeignKey(Group, models.CASCADE, related_name="seats", verbose_name=_("committee or group"))
    holder = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="seats", verbose_name=_("holder")
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="seats", verbose_name=_("organisation")
    )
    sector = models.ForeignKey(
        Sector, models.SET_NULL, null=True, blank=True, related_name="seats", verbose_name=_("sector")
    )
    lived_experience = models.BooleanField(_("seat for lived experience"), default=False)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.MEMBER)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["group", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "holder"],
                condition=models.Q(ends_on__isnull=True, holder__isnull=False),
                name="seat_one_open_per_holder",
                violation_error_message=_("This person holds an open seat there already. Change that seat instead."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="seat_ends_after_it_starts",
                violation_error_message=_("The end lies before the start. Change one of the two dates."),
            ),
        ]

    def __str__(self):
        return f"{self.holder or self.organisation or self.sector or _('vacant')}, {self.group}"
