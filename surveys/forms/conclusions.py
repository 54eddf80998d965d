"""The form in which the backbone writes what it makes of a closed round."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

LONGEST = 10_000


class ConclusionForm(forms.Form):
    """One text in each language, with the version that was read, so that a save in between is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, default_language, **kwargs):
        super().__init__(*args, **kwargs)
        for code, name in settings.SURVEY_LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=name,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 12, "lang": code, "dir": "auto"}),
                help_text=_("Readers of other languages see this one while theirs is empty.")
                if code == default_language
                else "",
            )

    @property
    def texts(self):
        """{language: text} of all languages, empty ones too."""
        return {
            code: self.cleaned_data[f"text_{code}"].replace("\r\n", "\n") for code, _name in settings.SURVEY_LANGUAGES
        }
