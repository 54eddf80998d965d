"""A translators' file coming back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import csv, sheets
from surveys import translating

LARGEST_FILE = 1024 * 1024
# Where the sentences for other files would speak of people and answers.
SENTENCES = sheets.SENTENCES | {
    "empty": _("The file is empty. Download the file of this questionnaire, and put the translations into that one."),
    "too_large": _("This XLSX file holds far more than texts. Save its sheet as CSV UTF-8, and choose that file."),
}


class TranslationsForm(forms.Form):
    file = forms.FileField(
        label=_("File with translations"),
        help_text=_("The CSV or XLSX that you downloaded here, with translations filled in; at most 1 MB."),
        error_messages={"required": _("Choose a file."), "empty": SENTENCES["empty"]},
    )

    def __init__(self, *args, values, **kwargs):
        super().__init__(*args, **kwargs)
        self.values = values
        self.fields["file"].widget.attrs["accept"] = ".csv,.xlsx,text/csv"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 1 MB. Keep the columns of the file you downloaded."))
        try:
            self.found = translating.read(file.read(), self.values)
        except csv.Unreadable as problem:
            raise forms.ValidationError(str(SENTENCES[problem.code]) % problem.params) from None
        return file
