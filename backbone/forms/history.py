"""What the history is narrowed by."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from backbone.forms.activities import PeriodForm
from backbone.queries.history import kinds_in_words, people_of_history


class HistoryFilterForm(PeriodForm):
    who = forms.ModelChoiceField(
        get_user_model().objects.none(), label=_("Who"), required=False, empty_label=_("Everybody")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=lambda: [("", _("All")), *kinds_in_words()])
    field_order = ["who", "kind", "since", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = people_of_history(self.initiative)
