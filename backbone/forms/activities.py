"""What people type about activities: little, and nothing twice."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from backbone.forms.activity_kinds import ActivityKindForm
from backbone.models import Activity
from backbone.queries.activities import backbone_people, last_months, people_of_log
from initiatives.models import Function
from partners.forms import DateInput, FilterForm
from partners.models import Group, Organisation

QUICK_MINUTES = ["15", "30", "60", "90"]
OTHER = "other"
LONGEST_DAY = 24 * 60
LARGEST_WEIGHT = 100
MOST_MONTHS = 36
# Sums of a longer time than anybody looks at cost more than they tell, and no calendar goes on for ever.
FIRST_YEAR, LAST_YEAR = 1950, 2150
OWN_FIELDS = ["title", "held_on", "people", "partners", "group", "outcome", "behind_the_scenes"]


class ActivityForm(ActivityKindForm):
    """Only the title, the minutes and one function are needed; everything else has a sensible beginning."""

    minutes = forms.ChoiceField(
        label=_("How long?"),
        required=False,
        choices=[
            *((number, _("%(minutes)s min") % {"minutes": number}) for number in QUICK_MINUTES),
            (OTHER, _("Other")),
        ],
    )
    other_minutes = forms.IntegerField(
        label=_("Other length, in minutes"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAY,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(),
        label=_("Which functions did it serve?"),
        error_messages={"required": _("Choose at least one function.")},
    )

    class Meta(ActivityKindForm.Meta):
        fields = [*OWN_FIELDS, *ActivityKindForm.Meta.fields]
        widgets = ActivityKindForm.Meta.widgets | {
            "title": forms.TextInput({"autocomplete": "off"}),
            "held_on": DateInput(),
            "people": forms.CheckboxSelectMultiple(),
            "partners": forms.CheckboxSelectMultiple(),
            "outcome": forms.Textarea({"rows": 3}),
        }
        labels = ActivityKindForm.Meta.labels | {
            "title": _("What did you do?"),
            "held_on": _("When?"),
            "outcome": _("What came of it?"),
        }
        help_texts = ActivityKindForm.Meta.help_texts | {
            "behind_the_scenes": _(
                "Its minutes count in all totals. What it was, with whom and what came of it is shown to the backbone "
                "alone, and never told to the committee or to partners."
            )
        }
        error_messages = ActivityKindForm.Meta.error_messages | {
            "title": {"required": _("Write in a few words what you did.")}
        }

    def __init__(self, *args, user, like=None, **kwargs):
        """`like`: an activity that a new one begins as, in all but its title, its day and what came of it."""
        super().__init__(*args, **kwargs)
        logged = self.instance.pk is not None
        pattern = self.instance if logged else like
        shares = {share.function_id: share.weight for share in pattern.shares.all()} if pattern else {}
        present = list(pattern.people.all()) if pattern else [user]
        self.fields["people"].queryset = backbone_people(self.initiative, also=present if logged else [])
        self.functions = [f for f in self.fields["functions"].queryset if f.enabled or f.pk in shares]
        self.fields["functions"].queryset = Function.objects.filter(pk__in=[f.pk for f in self.functions])
        self._add_weights(shares)
        if not logged:
            self.fields["title"].widget.attrs["autofocus"] = True
        self.initial.setdefault("held_on", self.initiative.today())
        self.initial |= {"people": [person.pk for person in present], "functions": [str(pk) for pk in shares]}
        self.initial |= _initial_minutes(pattern.minutes) if pattern else {}
        if like:
            self.initial |= {"group": like.group_id, "partners": [partner.pk for partner in like.partners.all()]}
            self.initial["behind_the_scenes"] = like.behind_the_scenes
            self.begin_like(like)

    def _add_weights(self, shares):
        for function in self.functions:
            self.fields[f"weight_{function.pk}"] = forms.IntegerField(
                label=_("Weight of “%(function)s”") % {"function": function},
                required=False,
                min_value=1,
                max_value=LARGEST_WEIGHT,
                initial=shares.get(function.pk),
                widget=forms.NumberInput({"inputmode": "numeric", "placeholder": "1"}),
            )

    def clean(self):
        values = super().clean()
        if "other_minutes" not in self.errors:
            values["minutes"] = self._clean_minutes(values.get("minutes", ""), values.get("other_minutes"))
        return values

    def _clean_minutes(self, choice, other):
        """The choice, or the number typed; where both were given anew and differ, we do not guess."""
        quick = choice in QUICK_MINUTES
        if quick and other and "other_minutes" in self.changed_data and str(other) != choice:
            self.add_error(
                "minutes",
                _("You chose %(choice)s minutes and typed %(other)s. Keep one of them.")
                % {"choice": choice, "other": other},
            )
        elif not quick and not other and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how long it took: choose a length or type the minutes."))
        return int(choice) if quick else other

    @property
    def values(self):
        """The arguments of `backbone.actions.activities.log_activity`."""
        weights = {f: self.cleaned_data.get(f"weight_{f.pk}") or 1 for f in self.cleaned_data["functions"]}
        columns = {name: self.cleaned_data[name] for name in (*OWN_FIELDS, "minutes")}
        return columns | self.kind_values | {"functions": weights}

    # What the template shows by itself, because large targets need more than a select box.

    @property
    def minute_choices(self):
        return [{"value": value, "label": label} for value, label in self.fields["minutes"].choices]

    @property
    def function_choices(self):
        return [{"value": str(function.pk), "label": str(function)} for function in self.functions]

    @property
    def weight_fields(self):
        return [self[f"weight_{function.pk}"] for function in self.functions]

    @property
    def has_weights(self):
        return any(field.value() not in (None, "", 1, "1") for field in self.weight_fields)

    @property
    def has_details(self):
        """Whether the less needed fields say something, or were refused: then they stand open."""
        names = ("partners", "group", "outcome", "behind_the_scenes")
        return self.tells_of_kind or any(self[name].value() or name in self.errors for name in names)


def _initial_minutes(minutes):
    quick = str(minutes) in QUICK_MINUTES
    return {"minutes": str(minutes) if quick else OTHER, "other_minutes": None if quick else minutes}


class PeriodForm(FilterForm):
    """From one day to another, both of them included."""

    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DateInput())

    def clean(self):
        values = super().clean()
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("This day lies before the first one. Change one of the two."))
        return values


class ActivityFilterForm(PeriodForm):
    function = forms.ModelChoiceField(Function.objects.all(), label=_("Function"), required=False, empty_label=_("All"))
    person = forms.ModelChoiceField(
        get_user_model().objects.none(), label=_("Staff"), required=False, empty_label=_("All")
    )
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Committee or group"), required=False, empty_label=_("All")
    )
    partner = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Partner"), required=False, empty_label=_("All")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Activity.Kind.choices])
    engagement_level = forms.ChoiceField(
        label=_("Level of engagement"), required=False, choices=[("", _("All")), *Activity.EngagementLevel.choices]
    )
    field_order = ["function", "kind", "engagement_level", "person", "group", "partner", "since", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_of_log(self.initiative)


class BoundedPeriodForm(PeriodForm):
    """A period within the years that a calendar of ours can reckon with."""

    def clean(self):
        values = super().clean()
        for name in ("since", "until"):
            if values.get(name) and not FIRST_YEAR <= values[name].year <= LAST_YEAR:
                sentence = _("Choose a day between %(first)d and %(last)d.")
                self.add_error(name, forms.ValidationError(sentence, params={"first": FIRST_YEAR, "last": LAST_YEAR}))
        return values


class TimePeriodForm(BoundedPeriodForm):
    """Whole months; the last twelve unless something else is asked for."""

    def clean(self):
        values = super().clean()
        first, last = self.months(values)
        if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
            self.add_error("since", _("A table of more than three years cannot be read. Choose a shorter time."))
        return values

    def months(self, values):
        today = self.initiative.today()
        last = values.get("until") or max(today, values.get("since") or today)
        return values.get("since") or last_months(last)[0], last_months(last)[1]

    @property
    def period(self):
        """(first day, last day), the last twelve months where the form was refused."""
        usable = self.is_valid()
        first, last = self.months(self.cleaned_data if usable else {})
        return first.replace(day=1), last
