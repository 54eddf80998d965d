"""How many people, typed as one number or as a range of two."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone import people_range


class PeopleCountedField(forms.CharField):
    """Cleans to (least, most), both None where nothing was typed; its initial value is such a pair or the words."""

    default_error_messages = people_range.SENTENCES

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("A number, or a range such as 40-60. Leave it empty where nobody knows."))
        super().__init__(max_length=60, required=False, **kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"autocomplete": "off"}

    def prepare_value(self, value):
        return people_range.written(*value) if isinstance(value, tuple) else value

    def clean(self, value):
        typed = super().clean(value)
        try:
            return people_range.read(typed)
        except people_range.NotARange as problem:
            raise forms.ValidationError(self.error_messages[problem.code], code=problem.code) from None

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)
