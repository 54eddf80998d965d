"""Files that belong to what the backbone wrote down. Each thing that has files has two tables of its own, made of these."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from backbone.models.activities import Activity
from backbone.models.evidence import Evidence
from backbone.models.milestones import CriterionReview, Milestone
from core.file_kinds import CONTENT_TYPES, LONGEST_NAME


class Attachment(models.Model):
    """A file: what it is called and what it is. Its content lies in parts, so that a list of files reads none of it."""

    name = models.CharField(max_length=LONGEST_NAME + 10)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in CONTENT_TYPES])
    size = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(CONTENT_TYPES)), name="%(class)s_kind_known")
        ]

    def __str__(self):
        return self.name

    @classmethod
    def owner_name(cls):
        """The field that holds the thing it belongs to."""
        return cls.initiative_path.partition("__")[0]

    @property
    def owner(self):
        """The thing it belongs to."""
        return getattr(self, self.owner_name())

    @property
    def content_type(self):
        return CONTENT_TYPES[self.kind]


class AttachmentPart(models.Model):
    """A megabyte of a file, so that serving it needs no more memory than that."""

    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        abstract = True
        ordering = ["attachment", "number"]
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="%(class)s_once")]

    def __str__(self):
        return f"part {self.number} of {self.attachment_id}"


class ActivityAttachment(Attachment):
    initiative_path = "activity__initiative"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attachments")


class ActivityAttachmentPart(AttachmentPart):
    initiative_path = "attachment__activity__initiative"

    attachment = models.ForeignKey(ActivityAttachment, models.CASCADE, related_name="parts")


class EvidenceAttachment(Attachment):
    initiative_path = "evidence__initiative"

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="attachments")


class EvidenceAttachmentPart(AttachmentPart):
    initiative_path = "attachment__evidence__initiative"

    attachment = models.ForeignKey(EvidenceAttachment, models.CASCADE, related_name="parts")


class MilestoneAttachment(Attachment):
    initiative_path = "milestone__initiative"

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="attachments")


class MilestoneAttachmentPart(AttachmentPart):
    initiative_path = "attachment__milestone__initiative"

    attachment = models.ForeignKey(MilestoneAttachment, models.CASCADE, related_name="parts")


class CriterionReviewAttachment(Attachment):
    initiative_path = "review__initiative"

    review = models.ForeignKey(CriterionReview, models.CASCADE, related_name="attachments")


class CriterionReviewAttachmentPart(AttachmentPart):
    initiative_path = "attachment__review__initiative"

    attachment = models.ForeignKey(CriterionReviewAttachment, models.CASCADE, related_name="parts")
