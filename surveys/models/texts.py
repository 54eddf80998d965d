from django.db import models

from surveys.models.rounds import Round


class TextReview(models.Model):
    """What staff have changed so far in the texts of one open question, which are not released yet.

    `edits` is {key of a text: {"text": as redacted} or {"left_out": reason}}. The texts themselves stay with the answers and are
    read from there, so that one who withdraws is gone at once. Deleted with the release, and when the answers are.
    """

    initiative_path = "round__initiative"

    round = models.ForeignKey(Round, models.CASCADE, related_name="text_reviews")
    code = models.CharField(max_length=50)
    edits = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="text_review_once_per_question")]

    def __str__(self):
        return f"review of {self.code}, round {self.round_id}"
