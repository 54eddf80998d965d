"""What a partner types on the page of a story they are asked to sign off."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.actions.stories import LONGEST_NOTE


class ChangeForm(forms.Form):
    """What a partner wants changed in the words; without an account."""

    note = forms.CharField(
        label=_("What should be changed?"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Write what should be changed, then send it.")},
    )
    use_required_attribute = False
