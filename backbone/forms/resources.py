"""What people type about money and help in kind."""

from babel.numbers import list_currencies
from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from backbone.forms.activities import BoundedPeriodForm, PeriodForm
from backbone.models import Resource
from backbone.queries.resources import FIELDS, NEXT, currencies_of
from backbone.resource_days import DAYS, problems
from initiatives.forms import InitiativeForm, InitiativeModelForm
from partners.forms import DateInput
from partners.models import Organisation

NO_CODE = _("“%(code)s” is no currency code. Use three letters, such as USD, EUR or MXN.")
LINK = _("This is no link. Write one that begins with http:// or https://, or leave it blank.")


class ResourceForm(InitiativeModelForm):
    source_link = forms.CharField(
        label=_("Link to the source"),
        max_length=500,
        required=False,
        validators=[URLValidator(schemes=["http", "https"], message=LINK)],
        widget=forms.URLInput(),
    )

    class Meta:
        model = Resource
        fields = FIELDS
        widgets = {
            "title": forms.TextInput({"autocomplete": "off"}),
            "giver_name": forms.TextInput({"autocomplete": "off"}),
            "amount": forms.NumberInput({"inputmode": "decimal", "step": "0.01", "min": "0"}),
            "currency": forms.TextInput({"autocapitalize": "characters", "autocomplete": "off"}),
            "note": forms.Textarea({"rows": 3}),
            **{name: DateInput() for name in (*DAYS, "starts_on", "ends_on")},
        }
        labels = {
            "title": _("What is it for?"),
            "kind": _("Money or in kind?"),
            "origin": _("New or redirected?"),
            "source": _("Public or private?"),
            "giver": _("From which partner?"),
            "giver_name": _("Or from whom else?"),
            "recipient": _("To whom?"),
            "receiver": _("To which partner?"),
            "amount": _("How much?"),
            "starts_on": _("For the time from"),
        }
        help_texts = {
            "origin": _("Redirected: it was given before as well, and now serves the common agenda."),
            "source": _("Public: in the end it is tax money."),
            "receiver": _("Blank for several of them, or where that is open."),
            "amount": _("In kind: its worth, where somebody knows it. Blank is counted as not valued, never as zero."),
            "currency": _("Three letters, such as USD, EUR or MXN."),
            "received_on": _(
                "If only a part of it came, change the amount to that part, and write the rest as an entry of its own."
            ),
        }
        error_messages = {"title": {"required": _("Write in a few words what it is for.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["giver"].empty_label = self.fields["receiver"].empty_label = _("no partner")
        for name in ("origin", "source", "recipient"):
            self.fields[name].choices = [("", _("choose one")), *self.fields[name].choices[1:]]
        if not self.instance.currency:
            self.initial["currency"] = self.initiative.currency

    def clean(self):
        values = super().clean()
        self._clean_amount(values)
        if values.get("receiver") and values.get("recipient", "partners") != Resource.Recipient.PARTNERS:
            self.add_error("receiver", _("It goes to no partner. Take the partner out, or choose partners above."))
        if values.get("giver") and values.get("giver_name"):
            self.add_error("giver_name", _("Choose a partner or write a name, not both."))
        if not any(name in self.errors for name in DAYS):
            for name, sentence in problems({name: values.get(name) for name in DAYS}, self.initiative.today()).items():
                self.add_error(name, sentence)
        if values.get("starts_on") and values.get("ends_on") and values["ends_on"] < values["starts_on"]:
            self.add_error("ends_on", _("The end lies before the start. Change one of the two dates."))
        return values

    def _clean_amount(self, values):
        amount, code = values.get("amount"), (values.get("currency") or self.initiative.currency).upper()
        if amount is None and "amount" not in self.errors and values.get("kind") == Resource.Kind.MONEY:
            self.add_error("amount", _("Write how much money it is."))
        if amount == 0:
            self.add_error("amount", _("Write an amount above zero, or leave it blank where nobody knows the value."))
        if amount is not None and code not in list_currencies():
            self.add_error("currency", forms.ValidationError(NO_CODE, params={"code": code}))
        values["currency"] = "" if amount is None else code

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def has_details(self):
        """Whether the less needed fields say something, or were refused: then they stand open."""
        return any(
            self[name].value() or name in self.errors for name in ("starts_on", "ends_on", "note", "source_link")
        )


class MarkForm(InitiativeForm):
    """The next step of a resource, and on which day it was."""

    certainty = forms.ChoiceField(choices=Resource.Certainty.choices)
    on = forms.DateField(label=_("On which day?"), widget=DateInput())

    def __init__(self, *args, resource, **kwargs):
        super().__init__(*args, initiative=resource.initiative, **kwargs)
        self.resource = resource
        self.initial = {"on": self.initiative.today()}

    def clean(self):
        values = super().clean()
        today = self.initiative.today()
        certainty, on = values.get("certainty"), values.get("on")
        if certainty and on:
            name = f"{certainty}_on"
            days = {each: getattr(self.resource, each) for each in DAYS} | {name: on}
            if certainty not in NEXT.get(self.resource.certainty_on(today), []):
                raise forms.ValidationError(
                    _("This was said already, or cannot be said any more. Look at the days below.")
                )
            for sentence in list(problems(days, today).values())[:1]:
                self.add_error("on", sentence)
        return values

    @property
    def on_typed(self):
        return str(self["on"].value() or "")

    @property
    def mark_errors(self):
        return [*self.non_field_errors(), *self.errors.get("certainty", []), *self.errors.get("on", [])]


def _all(choices):
    return [("", _("All")), *choices]


class ResourceFilterForm(PeriodForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    certainty = forms.ChoiceField(label=_("State today"), required=False, choices=_all(Resource.Certainty.choices))
    kind = forms.ChoiceField(label=_("Money or in kind"), required=False, choices=_all(Resource.Kind.choices))
    origin = forms.ChoiceField(label=_("New or redirected"), required=False, choices=_all(Resource.Origin.choices))
    source = forms.ChoiceField(label=_("Public or private"), required=False, choices=_all(Resource.Source.choices))
    recipient = forms.ChoiceField(label=_("To whom"), required=False, choices=_all(Resource.Recipient.choices))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    giver = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("From which partner"), required=False, empty_label=_("All")
    )
    receiver = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("To which partner"), required=False, empty_label=_("All")
    )
    field_order = [
        "search", "certainty", "kind", "origin", "source", "giver", "recipient", "receiver", "currency", "since", "until",
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = _all((code, code) for code in currencies_of(self.initiative))


class SumsPeriodForm(BoundedPeriodForm):
    """The present fiscal year unless something else is asked for."""

    @property
    def period(self):
        """(first day, last day); a period with one end takes in the rest of the fiscal year."""
        since, until = self.filters.get("since"), self.filters.get("until")
        year = self.initiative.fiscal_year
        today = self.initiative.today()
        first = since or year(until or today)[0]
        return first, until or year(max(first, today))[1]
