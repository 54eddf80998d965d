"""The form in which staff redact one text; a page has one for each text it shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import ReleasedTexts
from surveys.actions.texts import Change
from surveys.redaction import sentence_against, tidy

# Marks may be longer than what they stand for.
LONGEST = 20_000
SEEN = "-seen"


class TextForm(forms.Form):
    """One text of a Review; its prefix is the key of the text."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    text = forms.CharField(
        label=_("The text as it will be shown"), required=False, max_length=LONGEST, widget=forms.Textarea
    )
    reason = forms.ChoiceField(
        label=_("Show or leave out"),
        required=False,
        choices=[("", _("Show it"))]
        + [(value, _("Leave out: %(reason)s") % {"reason": label}) for value, label in ReleasedTexts.Reason.choices],
    )

    def __init__(self, entry, data=None, *, number):
        initial = {"seen": entry.seen, "text": entry.text, "reason": entry.reason}
        super().__init__(data, prefix=entry.key, initial=initial)
        self.entry, self.number = entry, number
        rows = min(8, 2 + len(entry.original) // 90 + entry.original.count("\n"))
        self.fields["text"].widget.attrs |= {"rows": rows, "dir": "auto", "class": "form-control textarea"}
        self.fields["reason"].widget.attrs |= {"class": "form-select select"}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("reason") and (sentence := sentence_against(self.entry.original, cleaned.get("text", ""))):
            self.add_error("text", sentence)
        return cleaned

    @property
    def is_other(self):
        """Whether what stands in the field is not what was written."""
        return tidy(self.entry.original, self["text"].value() or "") != self.entry.original

    @property
    def change(self):
        return Change(self.entry.key, *(self.cleaned_data[name] for name in ("seen", "text", "reason")))


class TakeOutForm(forms.Form):
    """A released text that is to go, and why."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reason = forms.ChoiceField(choices=ReleasedTexts.Reason.choices)


def keys_in(data):
    """The keys of the texts that a page was sent with."""
    return [name.removesuffix(SEEN) for name in data if name.endswith(SEEN)]
