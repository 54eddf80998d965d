from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.models.decisions import Decision
from backbone.models.meetings import Meeting
from backbone.models.owners import Owned
from initiatives.models import Initiative, Restorable
from partners.models import Contact


class ActionItem(Owned, Restorable):
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
    """The one mail of a day that reminds one person of their action items and commitments. Written before it leaves."""

    initiative_path = "initiative"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="follow_up_mails")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="follow_up_mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    # The day where that person is.
    sent_on = models.DateField()
    claim = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "sent_on"],
                condition=models.Q(contact__isnull=False),
                name="follow_up_mail_one_a_day_per_contact",
            ),
            models.UniqueConstraint(
                fields=["initiative", "user", "sent_on"],
                condition=models.Q(user__isnull=False),
                name="follow_up_mail_one_a_day_per_user",
            ),
        ]

    def __str__(self):
        return f"{self.contact or self.user}, {self.sent_on}"
