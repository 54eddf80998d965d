import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from indicators.models import Publication
from initiatives.models import Initiative
from partners.models import Group, Sector
from surveys.models.instruments import InstrumentVersion
from surveys.models.plans import RoundPlan

# More would wear people out.
MOST_REMINDERS = 3


class Round(models.Model):
    """One sending of an instrument to a roster."""

    initiative_path = "initiative"

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        SCHEDULED = "scheduled", _("scheduled")
        OPEN = "open", _("open")
        CLOSING = "closing", _("being closed")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class Mode(models.TextChoices):
        CONFIDENTIAL = "confidential", _("confidential")
        NAMED = "named", _("named")
        ANONYMOUS = "anonymous", _("anonymous")

    class Roster(models.TextChoices):
        ALL = "all", _("all contacts")
        LEAD = "lead", _("one lead contact per organisation")

    class Thanks(models.TextChoices):
        NEVER = "never", _("none: the page thanks already")
        SUBMIT = "submit", _("by mail, right after somebody has answered")
        CLOSE = "close", _("by mail, when the survey has closed")

    class Origin(models.TextChoices):
        ASKED = "asked", _("asked here")
        ANSWERS = "answers", _("brought in from answers")
        FIGURES = "figures", _("brought in from published figures")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="rounds")
    instrument_version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="rounds")
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.ASKED, editable=False)
    mode = models.CharField(_("privacy"), max_length=15, choices=Mode.choices, default=Mode.CONFIDENTIAL)
    roster = models.CharField(_("who is asked"), max_length=10, choices=Roster.choices, default=Roster.ALL)
    # Empty means no restriction.
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name=_("only these sectors"))
    groups = models.ManyToManyField(Group, blank=True, related_name="+", verbose_name=_("only these groups"))
    one_organisation_one_voice = models.BooleanField(_("one organisation, one voice"), default=False)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(_("closes at the end of"))
    # Days after opening on which those who have not finished are reminded, for example [7, 14].
    reminder_days = models.JSONField(_("reminders"), default=list, blank=True)
    # So many days before the opening day people are told that the survey is coming; empty: they are not.
    notice_days = models.PositiveSmallIntegerField(
        _("notice before, in days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    thanks = models.CharField(_("thank-you"), max_length=10, choices=Thanks.choices, default=Thanks.NEVER)
    sender_name = models.CharField(_("sender name"), max_length=120)
    reply_to = models.EmailField(_("answers go to"))
    opened_at = models.DateTimeField(null=True, blank=True)
    # Set when a director ended the round before its last day was over.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The contacts on the list that was previewed when somebody pressed send: exactly they are asked.
    frozen_roster = models.JSONField(default=list, blank=True, editable=False)
    # The smallest group that results may speak of, as it stood when the round was sent: those who are asked read it.
    threshold = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Who may ask for the release of a confidential round's answers; a director chooses while it is a draft.
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("data steward"),
    )
    # The steward as those who are asked read it, copied when the round was sent. Empty: nothing is ever released.
    steward_name = models.CharField(max_length=200, blank=True, editable=False)
    # How long the answers are kept, as those who are asked read it.
    retention_months = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Final answers that were counted and withdrawn since.
    answers_removed = models.PositiveIntegerField(default=0, editable=False)
    # When what people answered was deleted because its time was over.
    answers_deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The plan that drafted the round, and for which day: once each.
    plan = models.ForeignKey(RoundPlan, models.SET_NULL, null=True, blank=True, related_name="rounds", editable=False)
    planned_for = models.DateField(null=True, blank=True, editable=False)
    told_of_draft_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_of_draft_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many minutes answering takes, as it stood when the round was sent.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # Set once every contact of the frozen roster has an invitation, and a notice where there was time for one.
    noticed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Set once every contact of the frozen roster has an invitation and its mail is due.
    prepared_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many reminders have been queued so far.
    reminders_queued = models.PositiveSmallIntegerField(default=0, editable=False)
    # While paused nothing is sent; answering goes on.
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # Of an anonymous round: in how many pools its answers gather, and the one count of a day that staff see.
    pools = models.PositiveSmallIntegerField(default=1, editable=False)
    answered_daily = models.PositiveIntegerField(null=True, blank=True, editable=False)
    answered_counted_on = models.DateField(null=True, blank=True, editable=False)
    publication = models.OneToOneField(Publication, models.SET_NULL, null=True, blank=True, related_name="+")
    public_publication = models.OneToOneField(Publication, models.SET_NULL, null=True, blank=True, related_name="+")
    # The round that its figures were held against when it closed: what came in later never takes its place.
    compared_with = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="+", editable=False)
    # Of a round that was brought in: how many were invited then (null: not known), and which questions were asked.
    invited_then = models.PositiveIntegerField(null=True, blank=True, editable=False)
    asked_codes = models.JSONField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "planned_for"], name="round_once_per_occurrence"),
            models.CheckConstraint(
                condition=models.Q(mode__in=["named", "confidential", "anonymous"]), name="round_mode_is_offered"
            ),
            models.CheckConstraint(
                condition=~models.Q(mode="anonymous")
                | models.Q(thanks="never", one_organisation_one_voice=False, steward=None, steward_name=""),
                name="round_anonymous_knows_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_on__isnull=True) | models.Q(closes_on__gte=models.F("opens_on")),
                name="round_closes_after_it_opens",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("surveys:round-detail", args=[self.initiative.slug, self.pk])

    @property
    def is_brought_in(self):
        """Whether it was asked elsewhere: nobody was invited from here, and nobody in it is known."""
        return self.origin != self.Origin.ASKED

    @property
    def is_anonymous(self):
        return self.mode == self.Mode.ANONYMOUS

    @property
    def smallest_group(self):
        """How many people a figure needs: once the round was sent, the number that those who are asked were told."""
        return self.initiative.threshold if self.threshold is None else self.threshold

    @property
    def promised_steward(self):
        """The data steward as the first page names them, in the preview of a draft as well; "" where there is none."""
        if self.state != self.State.DRAFT:
            return self.steward_name
        return str(self.steward) if self.steward and self.mode == self.Mode.CONFIDENTIAL else ""

    @property
    def kept_months(self):
        """How long the answers are kept after closing: as people were told, or less where the initiative shortened it."""
        now = self.initiative.retention_months
        return now if self.retention_months is None else min(now, self.retention_months)

    @property
    def has_every_answer(self):
        """Whether all that was counted when the round closed is still there."""
        return self.answers_deleted_at is None and not self.answers_removed

    @property
    def opening_day(self):
        """The day on which it opens or has opened; today for a draft that opens when it is sent."""
        if self.opened_at is not None:
            return self.opened_at.astimezone(self.initiative.zone).date()
        return self.opens_on or self.initiative.today()

    @property
    def notice_on(self):
        """The day on which people are told that the survey is coming, or None."""
        return self.opens_on - datetime.timedelta(days=self.notice_days) if self.opens_on and self.notice_days else None

    @property
    def opens_at(self):
        """The beginning of the opening day in the initiative's zone, an aware datetime; None without one."""
        if self.opens_on is None:
            return None
        return datetime.datetime.combine(self.opens_on, datetime.time(), tzinfo=self.initiative.zone)

    @property
    def closes_at(self):
        """The end of the closing day in the initiative's zone, or the moment the round was ended; an aware datetime."""
        if self.ended_at is not None:
            return self.ended_at
        next_day = self.closes_on + datetime.timedelta(days=1)
        return datetime.datetime.combine(next_day, datetime.time(), tzinfo=self.initiative.zone)


class RoundText(models.Model):
    """The words of one mail of a round in one language, as the backbone edited them."""

    initiative_path = "round__initiative"

    class Kind(models.TextChoices):
        NOTICE = "notice", _("notice before")
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        THANKS = "thanks", _("thank-you after")
        RESULTS = "results", _("what came of it")
        # To those who can sign in, when the figures are there.
        MEMBERS = "members", _("results are out, to members")

    round = models.ForeignKey(Round, models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    language = models.CharField(max_length=10, choices=settings.SURVEY_LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)

    class Meta:
        ordering = ["round", "kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "language"], name="round_text_once_per_language")
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.language}"


class SectorCluster(models.Model):
    """Sectors merged under one name for one round, so that small sectors can be shown together."""

    initiative_path = "round__initiative"

    round = models.ForeignKey(Round, models.CASCADE, related_name="clusters")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="sector_cluster_name_once_per_round")]

    def __str__(self):
        return self.name


class ClusterSector(models.Model):
    """Which sectors a cluster holds; a sector is in one cluster of a round at most."""

    initiative_path = "cluster__round__initiative"

    cluster = models.ForeignKey(SectorCluster, models.CASCADE, related_name="members")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+")
    sector = models.ForeignKey(Sector, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "sector"], name="cluster_sector_once_per_round")]

    def __str__(self):
        return f"{self.sector} in {self.cluster}"
