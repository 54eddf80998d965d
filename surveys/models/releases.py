import datetime
import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models.rounds import Round

RELEASE_DAYS = 7
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
}


class Release(models.Model):
    """The answers of a confidential round for its data steward: one person asks, another one decides."""

    initiative_path = "round__initiative"

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    round = models.ForeignKey(Round, models.CASCADE, related_name="releases")
    purpose = models.CharField(_("what the answers are needed for"), max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(state="requested"), name="release_one_request_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("requested_by")), name="release_takes_two_people"
            ),
        ]

    def __str__(self):
        return f"release {self.pk} of {self.round}"

    @property
    def ends_at(self):
        """Until when files can be made of an approved release."""
        return self.decided_at and self.decided_at + datetime.timedelta(days=RELEASE_DAYS)

    @property
    def is_usable(self):
        return self.state == self.State.APPROVED and timezone.now() < self.ends_at


def new_key():
    """What stands in the address of a file: 256 random bits, so that nobody guesses one."""
    return secrets.token_urlsafe(32)


class AnswersFile(models.Model):
    """A file of answers on its way to the one person who ordered it: made by a worker, in parts, and gone after a day."""

    initiative_path = "round__initiative"

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a worker")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    class Format(models.TextChoices):
        CSV = "csv", _("CSV, for any program")
        XLSX = "xlsx", _("Excel, with the codebook as a second sheet")
        SAV = "sav", _("SPSS, with labels")
        CODEBOOK_CSV = "codebook_csv", _("Codebook as CSV")
        CODEBOOK_XLSX = "codebook_xlsx", _("Codebook as Excel")

    BUSY = (State.WAITING, State.MAKING)

    round = models.ForeignKey(Round, models.CASCADE, related_name="files")
    # The release it rests on; None for a named round.
    release = models.ForeignKey(Release, models.CASCADE, null=True, blank=True, related_name="files")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=60, unique=True, default=new_key, editable=False)
    format = models.CharField(_("file"), max_length=15, choices=Format.choices, default=Format.CSV)
    # Of the labels and question texts.
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "claimed_at"], name="answers_file_due"),
            models.Index(fields=["expires_at"], name="answers_file_expired"),
        ]

    def __str__(self):
        return f"answers file {self.pk}"

    @property
    def is_busy(self):
        return self.state in self.BUSY

    @property
    def is_codebook(self):
        return self.format in (self.Format.CODEBOOK_CSV, self.Format.CODEBOOK_XLSX)

    @property
    def content_type(self):
        return CONTENT_TYPES[self.format.removeprefix("codebook_")]

    @property
    def file_name(self):
        ending = self.format.removeprefix("codebook_")
        return f"{'codebook' if self.is_codebook else 'answers'}-round-{self.round_id}.{ending}"


class AnswersFilePart(models.Model):
    """A megabyte of a file, so that neither writing nor serving it needs more memory than that."""

    initiative_path = "file__round__initiative"

    file = models.ForeignKey(AnswersFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="answers_file_part_once")]

    def __str__(self):
        return f"part {self.number} of {self.file_id}"
