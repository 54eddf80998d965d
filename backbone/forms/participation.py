from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.queries import participation
from initiatives.forms import InitiativeForm

PERIODS = [
    (participation.THIS_YEAR, _("This fiscal year")),
    (participation.LAST_YEAR, _("The fiscal year before")),
    (participation.THIS_QUARTER, _("This quarter")),
    (participation.LAST_QUARTER, _("The quarter before")),
]
ORDERS = [
    (participation.NAME, _("By name")),
    (participation.ATTENDANCE, _("Least attendance first")),
    (participation.KEPT, _("Fewest promises kept first")),
]


class ParticipationForm(InitiativeForm):
    """Which period, and in what order; what cannot be understood is the first of each."""

    use_required_attribute = False
    period = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False, initial=participation.THIS_YEAR)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False, initial=participation.NAME)

    @property
    def chosen(self):
        """(period, order)."""
        self.is_valid()
        return (
            self.cleaned_data.get("period") or participation.THIS_YEAR,
            self.cleaned_data.get("order") or participation.NAME,
        )
