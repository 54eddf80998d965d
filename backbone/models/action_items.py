from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.models.decisions import Decision
from backbone.models.meetings import Meeting
from backbone.models.owners import Owned
from core.searching import searched_text
from initiatives.models import Initiative, InitiativeQuerySet, Reminded, Restorable
from partners.models import Contact


class ActionItem(Owned, Restorable, Reminded):
    """Something to be done by one person; comes from a meeting or a decision, or stands alone."""

    initiative_path = "initiative"

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DOING = "doing", _("in progress")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    # Still to be done.
    WAITING = (State.OPEN, State.DOING)

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="action_items")
    title = models.CharField(_("what is to be done"), max_length=300)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(_("done on"), null=True, blank=True, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.SET_NULL, null=True, blank=True, related_name="action_items", verbose_name=_("meeting")
    )
    decision = models.ForeignKey(
        Decision, models.SET_NULL, null=True, blank=True, related_name="action_items", verbose_name=_("decision")
    )
    note = models.TextField(_("note"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "note")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state="done", done_on__isnull=False)
                | ~models.Q(state="done") & models.Q(done_on__isnull=True),
                name="action_item_done_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["initiative", "state", "due_on"], name="action_item_due")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:action-item-detail", args=[self.initiative.slug, self.pk])


class FollowUpMail(models.Model):
    """The one mail of a day that reminds one person of their action items and commitments. Written before it leaves, so
    that nobody gets it twice; it leaves once or, if the worker is killed at that moment, not at all."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="follow_up_mails")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="follow_up_mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    address = models.EmailField()
    # The day where that person is.
    day = models.DateField()
    # How many action items and commitments it speaks of.
    number = models.PositiveSmallIntegerField()
    claim = models.CharField(max_length=32)
    claimed_at = models.DateTimeField(db_default=Now())
    # Neither of the two: a worker was killed in between, and whether it left is not known.
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_because = models.CharField(max_length=500, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "address"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "address", "day"], name="follow_up_mail_one_a_day_per_person")
        ]

    def __str__(self):
        return f"{self.address}, {self.day}"
