"""Evidence, policy and resources from a file: see `partners.actions.file_imports`. The kind of an import, its row says."""

from backbone.actions.entry_imports.evidence import EvidenceImports
from backbone.actions.entry_imports.policy import PolicyImports
from backbone.actions.entry_imports.resources import ResourceImports
from backbone.models import EntryImport

IMPORTS = {imports.fields["kind"]: imports for imports in (EvidenceImports(), PolicyImports(), ResourceImports())}


def _of(import_id):
    """The imports of the kind of this one; of one that is gone, any kind finds nothing to do."""
    kind = EntryImport.objects.filter(pk=import_id).values_list("kind", flat=True).first()
    return IMPORTS[kind or EntryImport.Kind.EVIDENCE]


def check(*, import_id):
    """Read the file and keep the report; writes nothing else. Returns whether this call did it."""
    return _of(import_id).check(import_id=import_id)


def run(*, import_id):
    """Import the confirmed file from the first row not yet done. Returns whether this call finished it."""
    return _of(import_id).run(import_id=import_id)


def give_up(*, import_id):
    """After an error that a second try would meet again: say so on the page and keep what was imported."""
    _of(import_id).give_up(import_id=import_id)


def due():
    """(ids to check, ids to run) of all kinds: what waits, and what a worker that is gone left behind."""
    return IMPORTS[EntryImport.Kind.EVIDENCE].due()
