"""Minutes as they are typed, with the text and the version from which the writer began."""

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.models.minutes import LONGEST_MINUTES

LONGEST_PAGE_NAME = 32


class MinutesForm(forms.Form):
    text = forms.CharField(
        label=_("Minutes"),
        required=False,
        strip=False,
        max_length=LONGEST_MINUTES,
        widget=forms.Textarea({"rows": 24, "data-minutes-text": True}),
        help_text=_("“## ” before a line makes it a heading, “- ” an item of a list, **two stars** make words bold."),
        error_messages={
            "max_length": _("These minutes are longer than %(limit_value)d characters. Shorten them, then save.")
        },
    )
    base = forms.CharField(required=False, strip=False, max_length=LONGEST_MINUTES, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    page = forms.CharField(required=False, max_length=LONGEST_PAGE_NAME, widget=forms.HiddenInput)

    @classmethod
    def showing(cls, minutes, text=None):
        """The form as it begins: with what is stored, and perhaps another text made from it."""
        return cls(
            initial={
                "text": minutes.text if text is None else text,
                "base": minutes.text,
                "version": minutes.version,
                "page": secrets.token_hex(8),
            }
        )

    @property
    def values(self):
        """The arguments of `backbone.actions.minutes.save_minutes`."""
        return self.cleaned_data
