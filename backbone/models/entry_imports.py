from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative
from partners.models import FileImport


class EntryImport(FileImport):
    """A file of evidence entries, policy items or resources; `report` is that of `backbone.entry_files`."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("evidence entries")
        POLICY = "policy", _("policy items and their stages")
        RESOURCES = "resources", _("resources")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="entry_imports")
    kind = models.CharField(max_length=20, choices=Kind.choices)

    class Meta(FileImport.Meta):
        indexes = [models.Index(fields=["state", "claimed_at"], name="entry_import_due")]

    def get_absolute_url(self):
        return reverse(f"backbone:{self.kind}-import-detail", args=[self.initiative.slug, self.pk])
