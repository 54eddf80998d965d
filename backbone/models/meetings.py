"""Meetings from agenda to approved minutes: single or in a series; of a committee, a group, or open to all."""

import datetime
import uuid
import zoneinfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.searching import searched_text
from initiatives.models import Initiative, Restorable
from partners.models import Commitment, Contact, Group, Organisation, Seat, Sector

LONGEST_MEETING = 24 * 60
HIGHEST_ENGAGEMENT = 3


class MeetingSeries(models.Model):
    """Meetings that come round. Each is a row of its own; `recurrence` says how the days follow, on the clock of `time_zone`."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="meeting_series")
    # Empty means open to all, so a group that goes must not take its meetings there.
    group = models.ForeignKey(Group, models.RESTRICT, null=True, blank=True, related_name="meeting_series")
    title = models.CharField(_("title"), max_length=200)
    # As calendars write it (RFC 5545, section 3.3.10), for example "FREQ=MONTHLY;BYDAY=2TU;COUNT=12".
    recurrence = models.CharField(max_length=200)
    first_on = models.DateField(_("first meeting"))
    starts_at = models.TimeField(_("from"))
    duration = models.PositiveIntegerField(
        _("length in minutes"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MEETING)]
    )
    time_zone = models.CharField(_("time zone"), max_length=60)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to take part"), max_length=500, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    # Calendars take a message only if its number is higher than the one they know (RFC 5545, section 3.8.7.4).
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-first_on", "-id"]
        verbose_name_plural = "meeting series"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration__range=(1, LONGEST_MEETING)), name="meeting_series_lasts_within_a_day"
            )
        ]

    def __str__(self):
        return self.title


class Meeting(Restorable):
    """Of a committee or group, or open where `group` is empty."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="meetings")
    series = models.ForeignKey(MeetingSeries, models.SET_NULL, null=True, blank=True, related_name="meetings")
    # Which occurrence of its series this is, wherever it was moved to (RFC 5545, section 3.8.4.4).
    series_start = models.DateTimeField(null=True, blank=True, editable=False)
    # Empty means open to all, so a group that goes must not take its meetings there.
    group = models.ForeignKey(
        Group, models.RESTRICT, null=True, blank=True, related_name="meetings", verbose_name=_("committee or group")
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("start"))
    duration = models.PositiveIntegerField(
        _("length in minutes"), default=60, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MEETING)]
    )
    time_zone = models.CharField(_("time zone"), max_length=60)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to take part"), max_length=500, blank=True)
    purpose = models.TextField(_("what it is for"), blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The directors and staff who were there; partners are on the roll.
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("staff"))
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="meetings")
    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "place", "purpose")

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration__range=(1, LONGEST_MEETING)), name="meeting_lasts_within_a_day"
            ),
            models.UniqueConstraint(fields=["series", "series_start"], name="meeting_once_per_occurrence"),
        ]
        indexes = [models.Index(fields=["initiative", "starts_at"], name="meeting_by_start")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:meeting-detail", args=[self.initiative.slug, self.pk])

    @property
    def begins(self):
        """What the clock at its place shows when it starts; without a zone, so that no page moves it into another one."""
        return self.starts_at.astimezone(zoneinfo.ZoneInfo(self.time_zone)).replace(tzinfo=None)

    @property
    def ends(self):
        end = self.starts_at + datetime.timedelta(minutes=self.duration)
        return end.astimezone(zoneinfo.ZoneInfo(self.time_zone)).replace(tzinfo=None)

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def is_over(self):
        return self.starts_at + datetime.timedelta(minutes=self.duration) < timezone.now()


class Attendance(models.Model):
    """One line of the roll: how one person took part, or who came in their place.

    Who sent a proxy took part by it: the line is theirs, and their organisation was there.
    """

    initiative_path = "meeting__initiative"

    class State(models.TextChoices):
        PRESENT = "present", _("present")
        REMOTE = "remote", _("remote")
        PROXY = "proxy", _("proxy")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    # Who took part, in one way or another.
    TOOK_PART = (State.PRESENT, State.REMOTE, State.PROXY)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="roll")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="attendances")
    # The seat they hold; empty for guests.
    seat = models.ForeignKey(Seat, models.SET_NULL, null=True, blank=True, related_name="attendances")
    # Of that day: seats, people and organisations move on.
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, editable=False, related_name="attendances"
    )
    sector = models.ForeignKey(Sector, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    state = models.CharField(_("took part"), max_length=10, choices=State.choices)
    # Who came in their place: a contact or a name, or empty where nobody noted it.
    proxy = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("came in their place")
    )
    proxy_name = models.CharField(_("name of somebody else"), max_length=200, blank=True)
    # 0 to 3; empty where nobody noted it.
    engagement = models.PositiveSmallIntegerField(
        _("level of engagement"), null=True, blank=True, validators=[MaxValueValidator(HIGHEST_ENGAGEMENT)]
    )

    class Meta:
        ordering = ["contact__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "contact"], name="attendance_once_per_person"),
            models.CheckConstraint(
                condition=models.Q(state__in=["present", "remote", "proxy", "excused", "absent"]),
                name="attendance_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(engagement__isnull=True) | models.Q(engagement__lte=HIGHEST_ENGAGEMENT),
                name="attendance_engagement_0_to_3",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proxy") | models.Q(proxy__isnull=True, proxy_name=""),
                name="attendance_proxy_only_where_one_came",
            ),
        ]

    def __str__(self):
        return f"{self.contact}, {self.get_state_display()}"

    @property
    def came_instead(self):
        """Who came as proxy, in words; "" for nobody, or where nobody noted who."""
        return str(self.proxy) if self.proxy_id else self.proxy_name

    @property
    def told(self):
        """The person as minutes name them: who came, by which way, and for whom."""
        if self.state == self.State.PROXY:
            words = {"name": self.came_instead or _("somebody"), "holder": self.contact}
            return _("%(name)s for %(holder)s") % words
        return f"{self.contact} ({self.get_state_display()})" if self.state == self.State.REMOTE else str(self.contact)


class MeetingMail(models.Model):
    """One mail about a meeting, or about its whole series, to one person. Written before it leaves, so that nobody gets
    it twice: claimed and without `sent_at` means that nobody can be sure, and it is never sent again by itself.
    """

    initiative_path = "meeting__initiative"

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        CANCELLATION = "cancellation", _("cancellation")
        MINUTES = "minutes", _("minutes")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="mails")
    # Set where the mail is about all meetings of a series; then `meeting` is the one from whose page it was sent.
    series = models.ForeignKey(MeetingSeries, models.CASCADE, null=True, blank=True, related_name="mails")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    # An update carries a higher number than the invitation it changes.
    sequence = models.PositiveIntegerField(default=0)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    claim = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[about, person, "kind", "sequence"],
                    condition=models.Q(**{f"{person}__isnull": False, "series__isnull": about == "meeting"}),
                    name=f"{about}_mail_once_per_{person}",
                )
                for about in ("meeting", "series")
                for person in ("contact", "user")
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.contact or self.user}"
