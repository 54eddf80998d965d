from django.db import models
from django.db.models.functions import Now

from initiatives.models import InitiativeQuerySet, Membership


class WeeklyDigest(models.Model):
    """That somebody of the staff got, or did not need, the digest of a week. Written before the mail leaves, so that nobody
    gets it twice."""

    initiative_path = "membership__initiative"

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="digests")
    # The Monday with which the week begins where that person is.
    week = models.DateField()
    # How many things it tells of; 0 where there was nothing to say, and no mail.
    number = models.PositiveIntegerField()
    claim = models.CharField(max_length=32)
    claimed_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_because = models.CharField(max_length=500, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-week", "id"]
        constraints = [models.UniqueConstraint(fields=["membership", "week"], name="weekly_digest_once_per_member")]

    def __str__(self):
        return f"{self.membership}, {self.week}"
