"""What happened out there: dated, sourced entries, and the stories that grow out of them.

An entry says what partners did and what the backbone made easier; it records contribution, never credit.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.models.people_counted import PeopleCounted
from backbone.models.policy import TargetAudience
from core.searching import searched_text
from initiatives.models import Initiative, Restorable
from partners.models import Contact, Organisation


class Evidence(Restorable, PeopleCounted):
    """One thing that happened, with its source: a link, a file, or who confirmed it. Without any it is not counted."""

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        # The words of `indicators.catalogue.LOGS`, so that each feeds the indicator that names it.
        PUBLIC_ADVOCACY = "public_advocacy", _("public advocacy")
        DATA_USE = "data_use", _("data use")
        COMMUNITY_SUPPORT = "community_support", _("community support")
        COMMUNITY_ACTION = "community_action", _("community action")
        POLICY_ADVOCACY = "policy_advocacy", _("policy advocacy")
        FUNDER_REQUIREMENT = "funder_requirement", _("funder requirement")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    happened_on = models.DateField(_("day"))
    title = models.CharField(_("what happened"), max_length=300)
    description = models.TextField(_("what partners did"), blank=True)
    made_easier = models.TextField(_("what the backbone made easier"), blank=True)
    partners = models.ManyToManyField(Organisation, blank=True, related_name="evidence", verbose_name=_("partners"))
    # Who spoke up for a change of the system, where it is policy advocacy.
    target_audiences = models.ManyToManyField(
        TargetAudience, blank=True, related_name="evidence", verbose_name=_("target audiences")
    )
    source_link = models.URLField(_("link to the source"), max_length=500, blank=True)
    confirmed_by = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    # Somebody who is no contact here.
    confirmed_by_other = models.CharField(_("confirmed by somebody else"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "description", "made_easier", "confirmed_by_other")

    class Meta:
        ordering = ["-happened_on", "-id"]
        verbose_name = _("evidence entry")
        verbose_name_plural = _("evidence entries")
        constraints = [
            *PeopleCounted.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "public_advocacy",
                        "data_use",
                        "community_support",
                        "community_action",
                        "policy_advocacy",
                        "funder_requirement",
                    ]
                ),
                name="evidence_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | models.Q(confirmed_by_other=""),
                name="evidence_confirmed_by_one",
                violation_error_message=_("Choose who confirmed it, or write a name, not both."),
            ),
        ]
        indexes = [models.Index(fields=["initiative", "happened_on"], name="evidence_by_day")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:evidence-detail", args=[self.initiative.slug, self.pk])


class Story(Restorable):
    """How partners changed something, told by the backbone. Nobody outside the backbone reads it before each of its partners
    has agreed to these very words (`version`), and a director or staff has shared it."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="stories")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("the story"))
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="stories", verbose_name=_("evidence"))
    # Counts each change of the words: who agreed to earlier ones is asked again.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Counts whatever was saved, so that nobody writes over another's words or list of partners.
    edits = models.PositiveIntegerField(default=0, editable=False)
    # Shown outside the backbone since; empty: not shown.
    shared_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "text")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = _("stories")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:story-detail", args=[self.initiative.slug, self.pk])


class StorySignOff(models.Model):
    """What one partner of a story says of it, asked by a mailed link. `agreed` holds for `answered_version` alone.

    Who asks another person at that partner makes a row of its own, so that the old link opens nothing any more.
    """

    initiative_path = "story__initiative"

    class State(models.TextChoices):
        WAITING = "waiting", _("not answered yet")
        AGREED = "agreed", _("agreed")
        CHANGE_ASKED = "change_asked", _("asked for a change")
        TAKEN_BACK = "taken_back", _("took the agreement back")

    class Mail(models.TextChoices):
        NONE = "none", _("not asked yet")
        WAITING = "waiting", _("waiting to be mailed")
        SENDING = "sending", _("being mailed")
        SENT = "sent", _("mailed")
        UNCERTAIN = "uncertain", _("uncertain whether it left")
        FAILED = "failed", _("not mailed")

    story = models.ForeignKey(Story, models.CASCADE, related_name="sign_offs")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="story_sign_offs", verbose_name=_("partner")
    )
    # Who is asked for the partner.
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="story_sign_offs", verbose_name=_("who is asked")
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    answered_version = models.PositiveIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # What the partner wants changed.
    note = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    mail = models.CharField(max_length=20, choices=Mail.choices, default=Mail.NONE)
    # The words that the last mail asked about.
    mail_version = models.PositiveIntegerField(null=True, blank=True)
    # Of a mail that waits: not before. Else when it was claimed.
    mail_at = models.DateTimeField(null=True, blank=True)
    # How often a mail server put it off.
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["organisation__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["story", "organisation"], name="story_sign_off_once_per_partner"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", answered_version__isnull=True)
                | ~models.Q(state="waiting") & models.Q(answered_version__isnull=False, answered_at__isnull=False),
                name="story_sign_off_answers_a_version",
            ),
        ]
        indexes = [models.Index(fields=["mail", "mail_at"], name="story_sign_off_mail_due")]

    def __str__(self):
        return f"{self.organisation}, {self.story}"
