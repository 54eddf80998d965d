from django.db import models
from django.urls import reverse

from initiatives.models import Initiative
from partners.models import FileImport


class ActivityImport(FileImport):
    """A file of past activities; `report` is that of `backbone.logbook_report`."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="activity_imports")

    class Meta(FileImport.Meta):
        indexes = [models.Index(fields=["state", "claimed_at"], name="activity_import_due")]

    def get_absolute_url(self):
        return reverse("backbone:activity-import-detail", args=[self.initiative.slug, self.pk])
