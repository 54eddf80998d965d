"""What is changed without leaving the list of activities: one row in its place, or several at once."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.forms.activities import LONGEST_DAY
from backbone.models import Activity
from backbone.queries.activity_kinds import facts_lost
from initiatives.forms import InitiativeForm
from initiatives.models import Function, FunctionCode

NO_GROUP = "none"
MOST_AT_ONCE = 100
# Kinds that say nothing which differs from activity to activity; the others are chosen on the page of each.
KINDS_AT_ONCE = [
    ("", _("as it is")),
    (Activity.Kind.WORK.value, Activity.Kind.WORK.label),
    (
        Activity.Kind.ENGAGEMENT.label,
        [(f"{Activity.Kind.ENGAGEMENT}:{level}", level.label) for level in Activity.EngagementLevel],
    ),
]


class ActivityRowForm(InitiativeForm):
    """Title, minutes and functions of one activity; whatever weight a function has, it keeps."""

    title = forms.CharField(
        label=_("What"),
        max_length=200,
        error_messages={"required": _("Write in a few words what you did.")},
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=LONGEST_DAY, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    functions = forms.ModelMultipleChoiceField(
        Function.objects.all(),
        label=_("Functions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one function.")},
    )

    def __init__(self, *args, activity, **kwargs):
        super().__init__(*args, auto_id=f"activity_{activity.pk}_%s", **kwargs)
        self.weights = {share.function_id: share.weight for share in activity.shares.all()}
        offered = [f.pk for f in self.fields["functions"].queryset if f.enabled or f.pk in self.weights]
        self.fields["functions"].queryset = self.fields["functions"].queryset.filter(pk__in=offered)
        self.initial |= {"title": activity.title, "minutes": activity.minutes, "functions": list(self.weights)}
        self.has_audiences = bool(activity.target_audiences.all())

    def clean_functions(self):
        functions = self.cleaned_data["functions"]
        if self.has_audiences and all(function.code != FunctionCode.POLICY for function in functions):
            raise forms.ValidationError(
                _(
                    "It says with which target audiences you spoke, so it serves policy. Take these out on its page first."
                )
            )
        return functions

    @property
    def parts(self):
        chosen = {function: self.weights.get(function.pk, 1) for function in self.cleaned_data["functions"]}
        return self.cleaned_data | {"functions": chosen}


class SeveralForm(InitiativeForm):
    """Some activities, and what is to become of all of them. What is left as it is is no part of `parts`."""

    chosen = forms.ModelMultipleChoiceField(
        Activity.objects.prefetch_related("target_audiences"),
        error_messages={
            "required": _("Choose the activities first: tick the box before each."),
            "invalid_choice": _("One of these activities is not here any more. Choose again."),
        },
    )
    function = forms.ModelChoiceField(
        Function.objects.filter(enabled=True), label=_("Function"), required=False, empty_label=_("as it is")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS_AT_ONCE)
    group = forms.ChoiceField(label=_("Committee or group"), required=False)
    behind_the_scenes = forms.ChoiceField(
        label=_("Behind the scenes"), required=False, choices=[("", _("as it is")), ("yes", _("yes")), ("no", _("no"))]
    )
    delete = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = {str(group.pk): group for group in self.initiative.groups.all()} | {NO_GROUP: None}
        names = [(key, str(group) if group else _("none")) for key, group in self.groups.items()]
        self.fields["group"].choices = [("", _("as it is")), *names]

    def clean_chosen(self):
        chosen = self.cleaned_data["chosen"]
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Change at most %(most)s at once."), params={"most": MOST_AT_ONCE})
        return chosen

    def clean(self):
        values = super().clean()
        if not self.errors and not values["delete"] and not self.parts:
            raise forms.ValidationError(_("Say what to change: a function, a kind, a group, or behind the scenes."))
        if not self.errors and not values["delete"]:
            self._keep_facts(values)
        return values

    def _keep_facts(self, values):
        """Nothing that was written of one activity is lost by changing several."""
        kind, _colon, _level = values["kind"].partition(":")
        function = values["function"]
        for activity in values["chosen"]:
            if kind and facts_lost(activity, kind):
                sentence = _(
                    "“%(title)s” tells facts of its own kind, which would be lost. Change its kind on its page."
                )
                self.add_error("kind", forms.ValidationError(sentence, params={"title": activity.title}))
            if function and function.code != FunctionCode.POLICY and activity.target_audiences.all():
                sentence = _(
                    "“%(title)s” says with which target audiences you spoke, so it serves policy. Change it on its page."
                )
                self.add_error("function", forms.ValidationError(sentence, params={"title": activity.title}))

    @property
    def parts(self):
        values, parts = self.cleaned_data, {}
        if values["function"]:
            parts["functions"] = {values["function"]: 1}
        if values["kind"]:
            parts["kind"], _colon, parts["engagement_level"] = values["kind"].partition(":")
        if values["group"]:
            parts["group"] = self.groups[values["group"]]
        if values["behind_the_scenes"]:
            parts["behind_the_scenes"] = values["behind_the_scenes"] == "yes"
        return parts
