"""Who takes part: organisations with their sector, contacts, the steering committee and working groups with their seats."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, InitiativeQuerySet, Membership
from initiatives.permissions import BACKBONE_ROLES
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
    partner_since = models.DateField(_("partner since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

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


class PartnerImport(models.Model):
    """One file of partners: kept while it is checked (dry run) and imported, in chunks, by a worker.

    `report` is `partners.roster.report_of` the file, or {"unreadable": code, "params": {...}}; `added` counts what the
    import wrote so far. `content` is emptied when the import ends, since it holds personal data.
    """

    initiative_path = "initiative"

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing written yet")
        CONFIRMED = "confirmed", _("waiting to be imported")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("could not be read")

    # A worker has it, or should take it next.
    BUSY = (State.WAITING, State.CHECKING, State.CONFIRMED, State.IMPORTING)

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="partner_imports")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    added = models.JSONField(default=dict, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="partner_import_due")]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("partners:import-detail", args=[self.initiative.slug, self.pk])

    @property
    def is_busy(self):
        return self.state in self.BUSY
