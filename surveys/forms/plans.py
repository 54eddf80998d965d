from django import forms
from django.utils.translation import gettext_lazy as _

from initiatives.forms import InitiativeModelForm, months
from surveys.models import Instrument, RoundPlan
from surveys.queries.plans import instruments_to_repeat, title_of


class _InstrumentField(forms.ModelChoiceField):
    def label_from_instance(self, instrument):
        return title_of(instrument)


class RoundPlanForm(InitiativeModelForm):
    instrument = _InstrumentField(
        Instrument.objects.all(),
        label=_("Instrument"),
        help_text=_(
            "Each round is made like the last one of this instrument: who is asked, privacy, texts, reminders."
        ),
    )
    months = forms.TypedMultipleChoiceField(
        label=_("Months"),
        choices=months,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one month.")},
    )

    class Meta:
        model = RoundPlan
        fields = ["instrument", "months", "day", "days_open", "lead_days", "is_active"]
        help_texts = {
            "day": _("The day on which a round opens. In a shorter month it is the last day."),
            "days_open": _("The round closes at the end of the day that lies so many days later."),
            "lead_days": _("By then the draft is there, and directors get a mail. Nothing is sent without them."),
            "is_active": _("Unticked, no further round is drafted. Drafts that are there stay."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["instrument"].disabled = True
        else:
            self.fields["instrument"].queryset = instruments_to_repeat(self.initiative)
