from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.rounds import Round


class Conclusion(models.Model):
    """What the backbone makes of a closed round: "What you said, what we do"."""

    initiative_path = "round__initiative"

    round = models.OneToOneField(Round, models.CASCADE, related_name="conclusion")
    # Raised whenever its texts are saved: whoever saves names the version they have read.
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    # When a director pressed "tell everyone", and the invitations on the list they had seen: exactly these get a mail.
    told_at = models.DateTimeField(null=True, blank=True)
    recipients = models.JSONField(default=list, blank=True, editable=False)
    # Set once each of them has a mail that is due.
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(told_at=None) | models.Q(published_at__isnull=False),
                name="conclusion_told_when_published",
            ),
        ]

    def __str__(self):
        return str(self.round)


class ConclusionText(models.Model):
    """The conclusion in one language, as plain text with paragraphs and lists."""

    initiative_path = "conclusion__round__initiative"

    conclusion = models.ForeignKey(Conclusion, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.SURVEY_LANGUAGES)
    text = models.TextField(_("text"), max_length=10_000)
    # When it was changed after readers could see it.
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["conclusion", "language"]
        constraints = [
            models.UniqueConstraint(fields=["conclusion", "language"], name="conclusion_text_once_per_language")
        ]

    def __str__(self):
        return f"{self.conclusion}, {self.language}"
