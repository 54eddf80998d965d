"""The base of every form below /i/<slug>/: no choice list ever shows a row of another initiative."""

import datetime

from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext_lazy as _

from initiatives.models import CommonAgenda, FunctionCode, Initiative, Restorable, within
from initiatives.permissions import Role
from initiatives.queries import AGENDA_TEXTS
from initiatives.quiet import MOST_HOLIDAYS, is_holiday
from initiatives.zones import zone_names


class _InitiativeFormBase:
    """Takes `initiative=` and cuts the queryset of every model choice down to it, declared and generated fields alike."""

    def __init__(self, *args, initiative, **kwargs):
        self.initiative = initiative
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = within(field.queryset, initiative)

    def full_clean(self):
        # A key of more digits than a database can hold is in no list that we showed.
        try:
            super().full_clean()
        except OverflowError:
            raise SuspiciousOperation("A key in the form is larger than any key.") from None


class InitiativeForm(_InitiativeFormBase, forms.Form):
    """A form without a model of its own."""


class InitiativeModelForm(_InitiativeFormBase, forms.ModelForm):
    """A new row starts in `initiative`, and constraints over `initiative` are checked before anything is saved.

    A link to something deleted is not shown, and kept for the day on which that is restored, unless another is chosen.
    """

    def __init__(self, *args, initiative, **kwargs):
        super().__init__(*args, initiative=initiative, **kwargs)
        if self._names_initiative and self.instance.initiative_id is None:
            self.instance.initiative = initiative
        self._deleted = {name: row for name, row in self._links() if row is not None and row.deleted_at}
        self.initial |= dict.fromkeys(self._deleted)

    def _links(self):
        for name, field in self.fields.items():
            if type(field) is forms.ModelChoiceField and issubclass(field.queryset.model, Restorable):
                yield name, getattr(self.instance, name, None)

    def clean(self):
        values = super().clean()
        return values | {name: row for name, row in self._deleted.items() if not values.get(name)}

    @property
    def _names_initiative(self):
        return self._meta.model.initiative_path == "initiative"

    def _get_validation_exclusions(self):
        # Django leaves out constraints over fields the form does not show; this one is known all the same.
        return super()._get_validation_exclusions() - ({"initiative"} if self._names_initiative else set())


def time_zones():
    """Choices of places, grouped by continent: [("Europe", [("Europe/Paris", "Paris"), …]), …], UTC first."""
    by_continent = {}
    for name in zone_names():
        continent, slash, place = name.partition("/")
        if slash:
            by_continent.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", "UTC"), *by_continent.items()]


def months():
    return [(number, date_format(datetime.date(2000, number, 1), "F")) for number in range(1, 13)]


class InitiativeSettingsForm(forms.ModelForm):
    """How an initiative reckons: its zone, language, money and year."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("A survey closes at the end of a day there.")
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters, such as USD, EUR or MXN."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    fiscal_year_starts_in = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), choices=months, coerce=int
    )

    class Meta:
        model = Initiative
        fields = [
            "name",
            "time_zone",
            "default_language",
            "currency",
            "fiscal_year_starts_in",
            "threshold",
            "retention_months",
        ]
        help_texts = {
            "threshold": _(
                "Results of fewer people than this are never shown, so that nobody can be recognised. "
                "Five is usual, three the least. A change counts for rounds that close from now on."
            ),
            "retention_months": _(
                "What people answered is deleted this long after a survey has closed; the figures stay. A shorter time "
                "counts for all rounds, a longer one for those sent from now on: people were told how long."
            ),
        }

    def clean_currency(self):
        code = self.cleaned_data["currency"].upper()
        if code not in list_currencies():
            raise forms.ValidationError(
                _("“%(code)s” is no currency code. Use three letters, such as USD, EUR or MXN.") % {"code": code}
            )
        return code


class StartForm(InitiativeSettingsForm):
    """A new initiative; the short name may be left to us."""

    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=60,
        required=False,
        help_text=_("Small letters, digits and hyphens. Leave it empty to take it from the name."),
        error_messages={
            "unique": _("Another initiative uses this short name. Choose a different one."),
            "invalid": _("Use only small letters, digits and hyphens, such as bright-futures."),
        },
    )

    quiet_nights = forms.BooleanField(
        label=_("No survey mails at night and on weekends"),
        required=False,
        initial=True,
        help_text=_("From 20:00 until 8:00 where each person is. The settings take other hours, and holidays."),
    )

    class Meta(InitiativeSettingsForm.Meta):
        fields = ["name", "slug", "time_zone", "default_language", "currency", "fiscal_year_starts_in"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["time_zone"].widget.attrs["data-own-time-zone"] = True

    def clean_slug(self):
        return self.cleaned_data["slug"].lower()


class OwnSettingsForm(forms.Form):
    """What a member sets for themselves. Language and zone hold in all their initiatives, the mails in this one."""

    language = forms.ChoiceField(label=_("Language of mails to me"), required=False)
    time_zone = forms.ChoiceField(label=_("My time zone"), required=False)
    wants_reminders = forms.BooleanField(
        label=_("Remind me by mail of what I agreed to do"),
        required=False,
        help_text=_("Three days before, on the day, and then each week: one mail a day at most."),
    )

    wants_digest = forms.BooleanField(
        label=_("Mail me on Monday mornings what waits"),
        required=False,
        help_text=_("Meetings without minutes, what is overdue, decisions, surveys, partners not seen for long."),
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("as the initiative")), *settings.LANGUAGES]
        self.fields["time_zone"].choices = [("", _("where the initiative is")), *time_zones()]
        person = {"language": membership.user.language, "time_zone": membership.user.time_zone}
        mails = {name: getattr(membership, name) for name in ("wants_reminders", "wants_digest")}
        self.initial = person | mails
        if not membership.is_backbone:
            for name in mails:
                del self.fields[name]


class HolidaysField(forms.CharField):
    """Days, one a line, as 2026-04-06 or, for each year, as 12-25; cleaned to a sorted list of such texts."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)

    def to_python(self, value):
        days = sorted(set((super().to_python(value) or "").split()))
        if wrong := [day for day in days if not is_holiday(day)]:
            raise forms.ValidationError(
                _("“%(day)s” is no day. Write each day on its own line, as 2026-04-06, or as 12-25 for each year."),
                params={"day": wrong[0][:40]},
            )
        if len(days) > MOST_HOLIDAYS:
            raise forms.ValidationError(
                _("These are more than %(most)s days. Leave out those that have passed."),
                params={"most": MOST_HOLIDAYS},
            )
        return days


class QuietForm(forms.ModelForm):
    """When survey mails may leave."""

    holidays = HolidaysField(
        label=_("Holidays"),
        required=False,
        help_text=_("Days without mails, one a line: 2026-04-06, or 12-25 for a day of each year."),
    )

    class Meta:
        model = Initiative
        fields = ["quiet_from", "quiet_until", "quiet_weekends", "holidays", "mail_gap_days", "sends_reminders"]
        widgets = {name: forms.TimeInput({"type": "time"}, "%H:%M") for name in ("quiet_from", "quiet_until")}
        help_texts = {
            "quiet_from": _("On the clock of the person who gets the mail. Both empty: at any hour."),
            "mail_gap_days": _(
                "Over all rounds. Who got a mail from one round yesterday is reminded of another later, not forgotten. "
                "A thank-you does not count. 0: no distance."
            ),
            "sends_reminders": _(
                "Whoever has promised something is reminded three days before, on the day, and then each week: one mail a "
                "day at most, six about one thing, each with a link to stop them."
            ),
        }

    def clean(self):
        values = super().clean()
        starts, ends = values.get("quiet_from"), values.get("quiet_until")
        if starts is not None and starts == ends:
            self.add_error("quiet_until", _("Quiet hours that end when they begin are none. Choose another end."))
        return values


class AgendaForm(InitiativeModelForm):
    """The common agenda with the version it was opened at, so that a save in between is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = CommonAgenda
        fields = AGENDA_TEXTS
        widgets = {name: forms.Textarea(attrs={"rows": 5}) for name in AGENDA_TEXTS}


class GoalForm(forms.Form):
    title = forms.CharField(label=_("Goal"), max_length=300, required=False)
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("description") and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("This goal has a description and no words of its own. Write the goal here."))
        return cleaned


class BaseGoalFormSet(forms.BaseFormSet):
    def clean(self):
        titles = [title for title, _description in self.goals()]
        doubled = next((title for title in titles if titles.count(title) > 1), None)
        if doubled:
            raise forms.ValidationError(
                _("The goal “%(title)s” is there twice. Keep one of them.") % {"title": doubled}
            )

    def goals(self):
        """(title, description) of each goal that has words, in order."""
        found = [(form.cleaned_data.get("title", ""), form.cleaned_data.get("description", "")) for form in self.forms]
        return [goal for goal in found if goal[0]]


GoalFormSet = forms.formset_factory(GoalForm, formset=BaseGoalFormSet, extra=2, max_num=50, validate_max=True)


class FunctionsForm(InitiativeForm):
    """A label for each function, and the switch of the seventh."""

    equity_enabled = forms.BooleanField(
        label=_("Use the seventh function, a focus on equity"),
        required=False,
        help_text=_("It has no indicators of its own yet: an initiative that wants it writes them."),
    )

    def __init__(self, *args, initiative, **kwargs):
        super().__init__(*args, initiative=initiative, **kwargs)
        functions = list(initiative.functions.all())
        for function in functions:
            self.fields[f"label_{function.code}"] = forms.CharField(
                label=FunctionCode(function.code).label,
                max_length=120,
                required=False,
                initial=function.label,
                help_text=_("Leave it empty to use the usual name."),
            )
        self.fields["equity_enabled"].initial = any(f.enabled for f in functions if f.code == FunctionCode.EQUITY)
        self.order_fields([*(f"label_{function.code}" for function in functions), "equity_enabled"])

    @property
    def labels(self):
        return {
            name.removeprefix("label_"): value for name, value in self.cleaned_data.items() if name.startswith("label_")
        }


class InviteForm(InitiativeForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("We send a mail there that says how to sign in."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.STAFF)


class RoleForm(InitiativeForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
