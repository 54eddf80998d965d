import uuid

from django.db import models

from surveys.models.rounds import Round


class AnswerPool(models.Model):
    """What came back to an anonymous round that is open, and whom it came from: sealed as one, in no order, without times.

    Nobody opens it without a key that is not in the database. A submit seals the whole pool anew, so that of two copies
    of the database nobody can tell what was added. When the round closes the pools are mixed and deleted.
    """

    initiative_path = "round__initiative"

    round = models.ForeignKey(Round, models.CASCADE, related_name="answer_pools")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="answer_pool_once_per_number")]

    def __str__(self):
        return f"pool {self.number} of round {self.round_id}"


class AnonymousResponse(models.Model):
    """What somebody answered in an anonymous round. All of a round are written together, in random order, when it closes.

    Like `Response` it is not in the admin and never in history. It has no time, language, organisation or sector, and must
    never get one.
    """

    initiative_path = "round__initiative"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="anonymous_responses")
    answers = models.JSONField(default=dict)

    def __str__(self):
        return f"response {self.pk}"
