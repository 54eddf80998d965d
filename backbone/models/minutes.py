from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.models.meetings import Meeting
from core.searching import searched_text

LONGEST_MINUTES = 100_000


class Minutes(models.Model):
    """The minutes of a meeting, in Markdown, as they are being written.

    `version` counts what was saved, so that nobody writes over another's words. While `approved_at` is set they are closed.
    """

    initiative_path = "meeting__initiative"

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="minutes")
    text = models.TextField(_("minutes"), blank=True, max_length=LONGEST_MINUTES)
    version = models.PositiveIntegerField(default=0)
    # The open page that saved last, by a name of its own: one that never heard of its saving knows its words again.
    page = models.CharField(max_length=32, blank=True, editable=False)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self):
        return f"{_('Minutes')}: {self.meeting}"

    def get_absolute_url(self):
        return reverse("backbone:minutes-detail", args=[self.meeting.initiative.slug, self.meeting_id])


class ApprovedMinutes(models.Model):
    """What was approved, as it was read and mailed; it never changes. A correction is approved as the next number."""

    initiative_path = "minutes__meeting__initiative"

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="approvals")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    text = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("text")

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "approved minutes"
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="approved_minutes_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="approved_minutes_number_from_1"),
        ]

    def __str__(self):
        return f"{self.minutes}, {self.number}"
