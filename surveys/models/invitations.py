from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Contact, Organisation, Sector
from surveys.models.rounds import Round


class Invitation(models.Model):
    """One contact in one round. Sector, cluster, groups, organisation and tenure are copied here when the round is sent."""

    initiative_path = "round__initiative"

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        FINISHED = "finished", _("has answered")
        WITHDRAWN = "withdrawn", _("has withdrawn the answers")
        OPTED_OUT = "opted_out", _("wants no more mail")
        BOUNCED = "bounced", _("mail comes back")
        LEFT = "left", _("no longer works there")
        WRONG_PERSON = "wrong_person", _("someone else should answer")

    round = models.ForeignKey(Round, models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="invitations")
    # Raised to make the links mailed so far stop working.
    link_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=15, choices=State.choices, default=State.INVITED)
    # What the person told us ("someone else should answer: …"); staff confirm it.
    note = models.CharField(max_length=500, blank=True)
    note_confirmed_at = models.DateTimeField(null=True, blank=True)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="+")
    organisation_name = models.CharField(max_length=200, blank=True)
    sector = models.ForeignKey(Sector, models.SET_NULL, null=True, blank=True, related_name="+")
    sector_name = models.CharField(max_length=120, blank=True)
    # The cluster's name, or the sector's own where it was not merged; "" is "no sector".
    cluster_name = models.CharField(max_length=120, blank=True)
    group_names = models.JSONField(default=list, blank=True)
    tenure_months = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "contact"], name="invitation_once_per_round")]
        indexes = [models.Index(fields=["round", "state"], name="invitation_by_state")]

    def __str__(self):
        return f"{self.name}, {self.round}"


class Mailing(models.Model):
    """One mail to one invitation. The database is the truth of sending: due, claimed by a sender, in flight, sent.

    A mail is marked in flight before its last byte leaves and sent after the server took it; what a killed sender
    leaves in flight is uncertain, what it had only claimed is due again.
    """

    initiative_path = "invitation__round__initiative"

    class Kind(models.TextChoices):
        NOTICE = "notice", _("notice before")
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        THANKS = "thanks", _("thank-you after")
        RESULTS = "results", _("what came of it")

    class State(models.TextChoices):
        DUE = "due", _("due")
        CLAIMED = "claimed", _("about to be sent")
        IN_FLIGHT = "in_flight", _("being sent")
        SENT = "sent", _("sent")
        UNCERTAIN = "uncertain", _("uncertain")
        BOUNCED = "bounced", _("address refused")
        FAILED = "failed", _("given up")
        STOPPED = "stopped", _("no longer needed")

    # Both lead an index below and need none of their own: a mail that is sent is written to every index three times.
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="mailings", db_index=False)
    # The round again, so that what is due is found without a join.
    round = models.ForeignKey(Round, models.CASCADE, related_name="mailings", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # 1, 2, … for reminders, 0 for all others.
    number = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # Which sender holds it, and when that sender last said that it lives.
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The server's last answer that was not a plain yes.
    reply = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "kind", "number"], name="mailing_once_per_invitation"),
        ]
        indexes = [
            models.Index(fields=["round", "state", "due_at", "id"], name="mailing_due"),
            models.Index(
                fields=["claim"], name="mailing_by_claim", condition=models.Q(state__in=["claimed", "in_flight"])
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} to {self.invitation_id}"
