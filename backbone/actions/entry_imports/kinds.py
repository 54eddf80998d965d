"""What the imports of evidence, policy and resources have in common."""

from django.utils import timezone

from backbone.entry_files import KINDS
from backbone.entry_files.report import report_of
from backbone.models import EntryImport
from backbone.queries.entry_files import known_to
from initiatives.models import Initiative
from partners.actions.file_imports import FileImports


class EntryImports(FileImports):
    model = EntryImport
    verb = "entry_import"
    check_task, run_task = "backbone.tasks.check_entry_import", "backbone.tasks.run_entry_import"

    @property
    def kind(self):
        return self.fields["kind"]

    @property
    def usual_name(self):
        return f"{self.kind}.csv"

    def known_to(self, initiative):
        return known_to(self.kind, initiative)

    def read(self, content, known):
        return KINDS[self.kind].read(content, known)

    def report_of(self, found, known):
        return report_of(self.kind, found, known)

    def write(self, *, initiative, rows, by):
        """Two imports at once take turns, so that one file sent twice is still there once."""
        Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
        return self.write_missing(initiative, rows, {"created_by": by, "created_at": timezone.now()})

    def write_missing(self, initiative, rows, made):
        """Write those of `rows` that are not there, as often as the file has them; returns counts by name. `made` says who
        wrote them and when."""
        raise NotImplementedError


def missing(*, rows, there):
    """Those of `rows` that are not in `there`, a Counter of keys, which counts them from then on."""
    new = []
    for row in rows:
        if there[row.key] < row.occurrence:
            there[row.key] += 1
            new.append(row)
    return new


def link(*, model, field, pairs):
    """Write the keys that rows name in `field` for the new things beside them: one statement."""
    through = getattr(model, field).through
    near, far = model._meta.get_field(field).m2m_column_name(), model._meta.get_field(field).m2m_reverse_name()
    through.objects.bulk_create(
        through(**{near: thing.pk, far: key}) for thing, row in pairs for key in getattr(row, field)
    )
