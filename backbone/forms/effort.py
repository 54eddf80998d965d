"""What the director types: where the hours should go, and what a year cost."""

import datetime

from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.effort import WHOLE
from backbone.models import BackboneCost
from backbone.queries.effort import fiscal_years, percents_of
from initiatives.forms import InitiativeForm, InitiativeModelForm
from partners.forms import DateInput


class PlanForm(InitiativeForm):
    """A percentage for each function in use; together they are 100."""

    starts_on = forms.DateField(label=_("From"), widget=DateInput())
    phase = forms.CharField(
        label=_("Phase"),
        max_length=120,
        required=False,
        help_text=_("What this time is about, such as “Building the data group”. May stay empty."),
    )

    def __init__(self, *args, plan, **kwargs):
        """`plan`: the one in force, with which the form begins, or None."""
        super().__init__(*args, **kwargs)
        self.functions = [function for function in self.initiative.functions.all() if function.enabled]
        before = percents_of(plan) if plan else {}
        for function in self.functions:
            self.fields[self.name_of(function)] = forms.IntegerField(
                label=str(function),
                min_value=0,
                max_value=WHOLE,
                required=False,
                initial=before.get(function.code),
                widget=forms.NumberInput({"inputmode": "numeric", "placeholder": "0"}),
            )
        self.initial.setdefault("starts_on", self.initiative.today())

    def name_of(self, function):
        return f"percent_{function.code}"

    def clean(self):
        values = super().clean()
        total = sum(self.percents.values())
        if total != WHOLE and not any(name.startswith("percent_") for name in self.errors):
            raise forms.ValidationError(
                _("The percentages add up to %(total)s. Change them so that they are 100 together."),
                params={"total": total},
            )
        return values

    @property
    def percents(self):
        return {function: self.cleaned_data.get(self.name_of(function)) or 0 for function in self.functions}

    @property
    def percent_fields(self):
        return [self[self.name_of(function)] for function in self.functions]

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in ("starts_on", "phase")} | {"percents": self.percents}


class CostForm(InitiativeModelForm):
    year_starts_on = forms.TypedChoiceField(label=_("Fiscal year"), coerce=datetime.date.fromisoformat)

    class Meta:
        model = BackboneCost
        fields = ["year_starts_on", "kind", "amount", "currency", "note"]
        widgets = {"amount": forms.NumberInput({"inputmode": "decimal", "step": "0.01", "min": "0"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = fiscal_years(self.initiative)
        self.fields["year_starts_on"].choices = [(first.isoformat(), name) for first, name in years]
        self.initial |= {"year_starts_on": years[1][0].isoformat(), "currency": self.initiative.currency}

    def clean_currency(self):
        code = self.cleaned_data["currency"].upper()
        if code not in list_currencies():
            raise forms.ValidationError(
                _("“%(code)s” is no currency code. Use three letters, such as USD, EUR or MXN."), params={"code": code}
            )
        return code
