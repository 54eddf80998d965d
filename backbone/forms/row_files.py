from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.row_files import header_of
from backbone.row_reports import problem_of
from core.csv import Unreadable
from initiatives.forms import InitiativeForm
from partners.actions.file_imports import LARGEST_FILE


class RowFileForm(InitiativeForm):
    """A file whose header can be read; its rows are checked by a worker. `content` is ready after it was found valid."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 5 MB and 20,000 rows."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose a file with rows.")},
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )

    def __init__(self, *args, columns, unreadable, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns, self.unreadable = columns, unreadable

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it into several files."))
        self.content = file.read()
        try:
            header_of(self.content, self.columns)
        except Unreadable as problem:
            sentence = problem_of({"unreadable": problem.code, "params": problem.params}, self.unreadable)
            raise forms.ValidationError(sentence) from None
        return file
