"""A file of partners on its way: see `partners.actions.file_imports`."""

from partners import roster
from partners.actions import import_rows
from partners.actions.file_imports import FileImports
from partners.models import PartnerImport
from partners.queries import known_to
from partners.roster_report import report_of


class PartnerImports(FileImports):
    model = PartnerImport
    verb = "import"
    check_task, run_task = "partners.tasks.check_import", "partners.tasks.run_import"
    usual_name = "partners.csv"

    def known_to(self, initiative):
        return known_to(initiative)

    def read(self, content, known):
        return roster.read(content, known)

    def report_of(self, found, known):
        return report_of(found, known)

    def write(self, *, initiative, rows, by):
        return import_rows.write(initiative=initiative, rows=rows)


partner_imports = PartnerImports()
receive, check, run = partner_imports.receive, partner_imports.check, partner_imports.run
give_up, due = partner_imports.give_up, partner_imports.due


def confirm(*, partner_import, by):
    """Let the worker import what the check showed. Returns False when it was confirmed or cancelled before."""
    return partner_imports.confirm(file_import=partner_import, by=by)


def cancel(*, partner_import, by):
    """Stop before the next chunk; what was imported stays. Returns False when it had ended already."""
    return partner_imports.cancel(file_import=partner_import, by=by)
