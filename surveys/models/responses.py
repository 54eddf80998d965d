from django.db import models

from surveys.models.invitations import Invitation
from surveys.models.rounds import Round


class Response(models.Model):
    """What came back: one row, the answers as JSON by stable question code. A draft until it is submitted, final then.

    It is not in the admin and never in history: nobody reads an individual's answers in the application.
    """

    initiative_path = "round__initiative"

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="response")
    round = models.ForeignKey(Round, models.CASCADE, related_name="responses")
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["round", "submitted_at"], name="response_by_round")]

    def __str__(self):
        return f"response {self.pk}"
