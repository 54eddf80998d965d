"""What an activity is asked beyond its time: of which kind it was, and the few facts of that kind."""

from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone import activity_kinds
from backbone.forms.people_counted import PeopleCountedField
from backbone.models import Activity
from initiatives.forms import InitiativeModelForm
from initiatives.models import FunctionCode

# Fields of the form by their name in `backbone.activity_kinds`, where it is another: `people` are the staff here.
FIELD_NAMES = {"people": "reached"}
# In the order in which they are asked.
ASKED = ("engagement_level", "audience", "people", "topic", "days")


@dataclass(frozen=True)
class KindField:
    """A field that belongs to some kinds alone. `values` are those for `show-if.js`; where something was typed that does
    not belong to the chosen kind it `stays`, so that it can be emptied."""

    field: BoundField
    values: str
    only_for: str
    stays: bool


class ActivityKindForm(InitiativeModelForm):
    """The kind and its facts; a form that goes on from here has `functions` and `partners` as well."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of work was it?"), required=False, choices=Activity.Kind.choices
    )
    reached = PeopleCountedField(label=gettext_lazy("How many people did it reach?"))

    class Meta:
        model = Activity
        fields = ["kind", "engagement_level", "audience", "topic", "days", "target_audiences"]
        widgets = {
            "audience": forms.TextInput({"autocomplete": "off"}),
            "topic": forms.TextInput({"autocomplete": "off"}),
            "days": forms.NumberInput({"inputmode": "decimal", "min": "0", "step": "0.5"}),
            "target_audiences": forms.CheckboxSelectMultiple(),
        }
        labels = {
            "engagement_level": gettext_lazy("How much did the community have to say?"),
            "audience": gettext_lazy("For whom was it?"),
            "topic": gettext_lazy("What was the assistance about?"),
            "days": gettext_lazy("Days it took"),
            "target_audiences": gettext_lazy("With which target audiences did you speak?"),
        }
        help_texts = {
            "engagement_level": gettext_lazy("From being told (inform) to deciding and doing it themselves (lead)."),
            "days": gettext_lazy("All days it took, also before and after the date above. Half days are fine."),
        }
        error_messages = {
            "days": {
                "invalid": gettext_lazy("Write the days as a number, such as 2 or 2.5."),
                "max_decimal_places": gettext_lazy("Write the days with one digit after the point, such as 2.5."),
            }
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("kind", self.instance.kind)
        self.initial["reached"] = self.instance.people_least, self.instance.people_most
        if not self.fields["target_audiences"].queryset.exists():
            del self.fields["target_audiences"]

    def begin_like(self, like):
        """Begin with the kind of another activity, but not with whom that one reached."""
        self.initial |= {name: getattr(like, name) for name in ("kind", "engagement_level", "audience", "topic")}
        self.initial["target_audiences"] = [audience.pk for audience in like.target_audiences.all()]

    def clean_kind(self):
        return self.cleaned_data["kind"] or self.instance.kind

    def clean(self):
        values = super().clean()
        if "kind" not in self.errors:
            for name, code in activity_kinds.problems(values["kind"], self._said(values), serves_policy=self._policy):
                self._refuse(FIELD_NAMES.get(name, name), activity_kinds.SENTENCES[code])
        return values

    def _refuse(self, name, sentence):
        if name in self.fields and name not in self.errors:
            self.add_error(name, sentence)

    def _said(self, values):
        """The names, as `backbone.activity_kinds` has them, of what says something."""
        said = {name for name in ("engagement_level", "audience", "topic") if values.get(name)}
        said |= {name for name in ("partners", "target_audiences") if values.get(name)}
        if values.get("days") is not None or "days" in self.errors:
            said.add("days")
        if values.get("reached", (None, None))[0] is not None:
            said.add("people")
        return said

    @property
    def _policy(self):
        """Whether the function for policy is among those chosen; where none could be understood, that is said alone."""
        chosen = self.cleaned_data.get("functions")
        return chosen is None or any(function.code == FunctionCode.POLICY for function in chosen)

    @property
    def kind_values(self):
        """What the kind says, as arguments of `backbone.actions.activities.log_activity`."""
        columns = {name: self.cleaned_data[name] for name in ActivityKindForm.Meta.fields if name in self.fields}
        least, most = self.cleaned_data["reached"]
        return columns | {"people_least": least, "people_most": most}

    # What the template shows by itself.

    @property
    def kind_choices(self):
        return [{"value": value, "label": capfirst(label)} for value, label in self.fields["kind"].choices]

    @property
    def kind_fields(self):
        return [self._kind_field(name) for name in ASKED]

    def _kind_field(self, name):
        kinds = activity_kinds.kinds_with(name)
        field = self[FIELD_NAMES.get(name, name)]
        labels = [str(Activity.Kind(kind).label) for kind in kinds]
        is_foreign = bool(field.errors) and self["kind"].value() not in kinds
        return KindField(field, " ".join(kinds), get_text_list(labels, _("or")), is_foreign)

    @property
    def policy_key(self):
        """The key of the function with which target audiences are asked for."""
        return next((function.pk for function in self.functions if function.code == FunctionCode.POLICY), "")

    @property
    def tells_of_kind(self):
        """Whether the kind says more than its beginning, or was refused."""
        names = ["reached", *(name for name in ActivityKindForm.Meta.fields if name in self.fields)]
        is_default = self["kind"].value() in ("", None, Activity.Kind.WORK)
        return any(name in self.errors or (name != "kind" and _says(self[name].value())) for name in names) or (
            not is_default
        )


def _says(value):
    return value not in (None, "", [], (None, None))
