from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, InitiativeQuerySet


class FileImport(models.Model):
    """One file of rows: kept while it is checked (dry run) and imported, in chunks, by a worker.

    `report` is what the check found, or {"unreadable": code, "params": {...}}; `added` counts what the import wrote so
    far. `content` is emptied when the import ends, since it holds personal data.
    """

    initiative_path = "initiative"

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing written yet")
        CONFIRMED = "confirmed", _("waiting to be imported")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("could not be read")

    # A worker has it, or should take it next.
    BUSY = (State.WAITING, State.CHECKING, State.CONFIRMED, State.IMPORTING)

    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    added = models.JSONField(default=dict, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self):
        return self.file_name

    @property
    def is_busy(self):
        return self.state in self.BUSY


class PartnerImport(FileImport):
    """A file of partners; `report` is that of `partners.roster_report`."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="partner_imports")

    class Meta(FileImport.Meta):
        indexes = [models.Index(fields=["state", "claimed_at"], name="partner_import_due")]

    def get_absolute_url(self):
        return reverse("partners:import-detail", args=[self.initiative.slug, self.pk])
