"""What people type about partners. Choices end at the initiative; every refusal says what to do."""

from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from core.csv import Unreadable
from initiatives.forms import InitiativeForm, InitiativeModelForm, time_zones
from partners import roster
from partners.actions.file_imports import LARGEST_FILE
from partners.models import Commitment, Contact, Group, Organisation, Seat, Sector
from partners.names import fold, tidy
from partners.queries import PROMISED
from partners.roster_report import problem_of

MOST_WANTED = 200


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class NamedForm(InitiativeModelForm):
    """A row whose name may stand once in its initiative, however it is spelled."""

    taken = _("“%(name)s” is here already. Choose another name, or open that one.")

    def clean_name(self):
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write a name."))
        rows = self._meta.model.objects.for_initiative(self.initiative)
        there = rows.filter(folded_name=fold(name)).exclude(pk=self.instance.pk).first()
        if there:
            raise forms.ValidationError(self.taken, params={"name": there.name})
        return name


class OrganisationForm(NamedForm):
    class Meta:
        model = Organisation
        fields = ["name", "sector", "is_person", "partner_since", "left_on", "notes"]
        widgets = {"partner_since": DateInput(), "left_on": DateInput(), "notes": forms.Textarea({"rows": 4})}
        help_texts = {"left_on": _("Leave blank while they take part. Those who left are not asked any more.")}


def _zones_of_people():
    return [("", _("where the initiative is")), *time_zones()]


class ContactForm(InitiativeModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones_of_people,
        required=False,
        help_text=_("Quiet hours are counted on this person's clock."),
    )

    class Meta:
        model = Contact
        fields = [
            "organisation",
            "name",
            "email",
            "role",
            "language",
            "time_zone",
            "is_lead",
            "partner_since",
            "left_on",
        ]
        widgets = {"partner_since": DateInput(), "left_on": DateInput()}
        help_texts = {
            "language": _("Survey pages and mails reach this person in this language."),
            "is_lead": _("Takes the place of the present lead contact, if there is one."),
            "left_on": _("Leave blank while they take part. Those who left are not asked any more."),
        }

    def clean_name(self):
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write a name."))
        return name

    def clean_role(self):
        return tidy(self.cleaned_data["role"])

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        there = self.initiative.contacts.filter(email=email).exclude(pk=self.instance.pk).first()
        if there:
            raise forms.ValidationError(
                _("%(name)s has this address already. Each person needs their own."), params={"name": there.name}
            )
        return email

    def clean(self):
        values = super().clean()
        if values.get("is_lead") and values.get("left_on"):
            self.add_error("is_lead", _("Someone who has left cannot be lead contact. Take one of the two away."))
        return values

    def _get_validation_exclusions(self):
        # The action makes the old lead contact step down, so two at once is no error here.
        return super()._get_validation_exclusions() | {"is_lead"}


class SectorForm(NamedForm):
    class Meta:
        model = Sector
        fields = ["name"]


class SectorMergeForm(InitiativeForm):
    into = forms.ModelChoiceField(Sector.objects.all(), label=_("Merge into"))

    def __init__(self, *args, sector, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = self.fields["into"].queryset.exclude(pk=sector.pk)


class GroupForm(NamedForm):
    class Meta:
        model = Group
        fields = ["name", "kind", "purpose", "starts_on", "ends_on"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput(), "purpose": forms.Textarea({"rows": 3})}

    def clean_name(self):
        name = super().clean_name()
        if ";" in name:
            raise forms.ValidationError(_("Leave the semicolon out: in files it separates one group from the next."))
        return name


class WantedMixForm(InitiativeForm):
    """How many seats each sector should have, and how many are for lived experience; blank is none."""

    lived_experience = forms.IntegerField(
        label=_("Seats for lived experience"),
        required=False,
        min_value=0,
        max_value=MOST_WANTED,
        help_text=_("They count for their sector as well."),
    )

    def __init__(self, *args, sectors, wanted, **kwargs):
        super().__init__(*args, **kwargs)
        self.sectors = {f"sector_{sector.pk}": sector for sector in sectors}
        for name, sector in self.sectors.items():
            self.fields[name] = forms.IntegerField(
                label=sector.name, required=False, min_value=0, max_value=MOST_WANTED, initial=wanted.get(sector)
            )
        self.fields["lived_experience"].initial = wanted.get(None)
        self.order_fields([*self.sectors, "lived_experience"])

    @property
    def seats(self):
        """{Sector, or None for lived experience: number}."""
        values = {sector: self.cleaned_data[name] for name, sector in self.sectors.items()}
        return values | {None: self.cleaned_data["lived_experience"]}


class SeatForm(InitiativeModelForm):
    may_sign_in = forms.BooleanField(
        label=_("The holder may sign in"),
        required=False,
        help_text=_("Makes the holder a member, with the role that comes with the seat."),
    )

    class Meta:
        model = Seat
        fields = ["group", "holder", "organisation", "sector", "lived_experience", "role", "starts_on", "ends_on"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}
        help_texts = {
            "holder": _("Leave blank for a vacant seat."),
            "organisation": _("Left blank, it is the holder's."),
            "sector": _("Left blank, it is the organisation's."),
            "lived_experience": _("Says something about the seat, never about the person who holds it."),
        }

    def __init__(self, *args, may_invite, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = self.fields["holder"].queryset.select_related("organisation")
        self.fields["holder"].label_from_instance = lambda contact: f"{contact.name}, {contact.organisation.name}"
        if not may_invite:
            del self.fields["may_sign_in"]

    def clean(self):
        values = super().clean()
        holder = values.get("holder")
        if holder and not values.get("organisation"):
            values["organisation"] = holder.organisation
        if values.get("organisation") and not values.get("sector"):
            values["sector"] = values["organisation"].sector
        if values.get("may_sign_in") and not holder:
            self.add_error("may_sign_in", _("A vacant seat has nobody who could sign in. Choose a holder first."))
        return values

    @property
    def values(self):
        """The columns of the seat, without the question about signing in."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    @property
    def admits_holder(self):
        return self.cleaned_data.get("may_sign_in", False)


class FilterForm(InitiativeForm):
    """Filters of a list: what cannot be understood is left out, and the page says so at the field."""

    use_required_attribute = False

    @property
    def filters(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class OrganisationFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    sector = forms.ModelChoiceField(Sector.objects.all(), label=_("Sector"), required=False, empty_label=_("All"))
    left = forms.BooleanField(label=_("Also those who left"), required=False)


class ContactFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    sector = forms.ModelChoiceField(Sector.objects.all(), label=_("Sector"), required=False, empty_label=_("All"))
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Committee or group"), required=False, empty_label=_("All")
    )
    reachability = forms.ChoiceField(
        label=_("Mail"), required=False, choices=[("", _("All")), *Contact.Reachability.choices]
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("By name")), ("organisation", _("By organisation")), ("since", _("Newest first"))],
    )
    lead = forms.BooleanField(label=_("Lead contacts only"), required=False)


class CommitmentForm(InitiativeModelForm):
    class Meta:
        model = Commitment
        fields = PROMISED
        widgets = {"made_on": DateInput(), "due_on": DateInput(), "note": forms.Textarea({"rows": 3})}
        labels = {"title": _("What was promised?"), "unit": _("Of what?")}
        help_texts = {
            "contact": _("Is asked by mail whether this was promised, and reminded of it. Blank: nobody is."),
            "amount": _("Leave blank where no number was promised."),
            "currency": _("For money: three letters, such as USD, EUR or MXN."),
            "unit": _("For anything else, for example hours a month."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = self.fields["contact"].queryset.select_related("organisation")
        self.fields["contact"].label_from_instance = lambda contact: f"{contact.organisation.name}: {contact.name}"
        self.initial.setdefault("made_on", self.initiative.today())

    def clean(self):
        values = super().clean()
        is_money = values.get("kind") == Commitment.Kind.MONEY
        code = (values.get("currency") or (self.initiative.currency if is_money else "")).upper()
        if is_money and code not in list_currencies():
            message = _("“%(code)s” is no currency code. Use three letters, such as USD, EUR or MXN.")
            self.add_error("currency", forms.ValidationError(message, params={"code": code}))
        # Sums are made for each currency of money and each unit of anything else.
        values["currency"] = code if is_money else ""
        values["unit"] = "" if is_money else tidy(values.get("unit") or "")
        contact, organisation = values.get("contact"), values.get("organisation")
        if contact and organisation and contact.organisation_id != organisation.pk:
            self.add_error("contact", _("This person is at another organisation. Choose one of the two anew."))
        made_on, due_on = values.get("made_on"), values.get("due_on")
        if made_on and due_on and due_on < made_on:
            self.add_error("due_on", _("This day lies before the promise. Change one of the two days."))
        return values


class SettleForm(InitiativeForm):
    """What became of a promise, and on which day that was."""

    state = forms.ChoiceField(label=_("What became of it?"), choices=Commitment.State.choices)
    on = forms.DateField(label=_("On"), widget=DateInput())

    def __init__(self, *args, commitment, **kwargs):
        super().__init__(*args, initiative=commitment.initiative, **kwargs)
        self.commitment = commitment
        self.initial = {"state": commitment.state, "on": commitment.settled_on or self.initiative.today()}

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > self.initiative.today():
            raise forms.ValidationError(_("This day lies in the future. Choose today or a day before."))
        if day < self.commitment.made_on:
            raise forms.ValidationError(_("It was promised later than that. Choose a day after the promise."))
        return day


class CommitmentFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Partner"), required=False, empty_label=_("All")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Commitment.Kind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Commitment.State.choices])
    when = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[("", _("at any time")), ("open", _("not settled yet")), ("overdue", _("overdue"))],
    )


class ImportForm(InitiativeForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, at most 5 MB and 20,000 rows."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose a file with rows.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,text/csv"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it into several files."))
        self.content = file.read()
        try:
            roster.header_of(self.content)
        except Unreadable as problem:
            sentence = problem_of({"unreadable": problem.code, "params": problem.params})
            raise forms.ValidationError(sentence) from None
        return file
