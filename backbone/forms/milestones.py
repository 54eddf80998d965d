"""What people type about milestones, criteria and phases."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from backbone import stages
from backbone.forms.attachments import NewFileField
from backbone.models import CriterionReview, Evidence, Milestone
from backbone.queries.activities import backbone_people
from backbone.queries.milestones import evidence_to_choose
from initiatives.forms import InitiativeForm, InitiativeModelForm
from partners.forms import DateInput

LONGEST_REASON = 500
LONGEST_NOTE = 5_000
GROUNDS = ["note", "source_link", "evidence", "reviewed_by", "reviewed_on"]


class GroundsForm(InitiativeModelForm):
    """What is said of the initiative's progress, with its grounds."""

    note = forms.CharField(
        label=_("What makes you say so?"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Only the backbone reads this."),
    )
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.all(),
        label=_("The newest entries"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    reviewed_by = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label=_("Who of the backbone looked at it?"),
        required=False,
        empty_label=_("nobody yet"),
    )
    source_link = forms.URLField(
        label=_("Link to the source"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
    )
    reviewed_on = forms.DateField(label=_("When was it looked at?"), required=False, widget=DateInput())
    file = NewFileField(label=_("File that shows it"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        before = [self.instance.reviewed_by] if self.instance.reviewed_by_id else []
        self.fields["reviewed_by"].queryset = backbone_people(self.initiative, also=before)
        chosen = [row.pk for row in self.instance.evidence.all()] if self.instance.pk else []
        self.fields["evidence"].queryset = evidence_to_choose(self.initiative, also=chosen)

    def not_in_future(self, name):
        day = self.cleaned_data[name]
        if day and day > self.initiative.today():
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    def clean_reviewed_on(self):
        return self.not_in_future("reviewed_on")

    def clean(self):
        values = super().clean()
        by, day = values.get("reviewed_by"), values.get("reviewed_on")
        if by and not day and "reviewed_on" not in self.errors:
            self.add_error("reviewed_on", _("Say on which day they looked at it."))
        # Whoever looked at it may have left since; the day stays.
        if day and not by and "reviewed_by" not in self.errors and day != self.instance.reviewed_on:
            self.add_error("reviewed_by", _("Choose who looked at it, or leave the day empty."))
        return values

    @property
    def values(self):
        """The `values` of actions."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    @property
    def file_given(self):
        """Arguments of `attachments.attach`, None without a file."""
        file = self.cleaned_data.get("file")
        return file.values if file else None

    @property
    def has_evidence(self):
        return self.fields["evidence"].queryset.exists()


def _one_of(label, choices):
    """A few choices side by side, none of them made beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect(),
        error_messages={"required": _("Choose one of them.")},
    )


class MilestoneForm(GroundsForm):
    """A stage of one model, since when, and what shows it."""

    reason = forms.CharField(
        label=_("Why is it changed?"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Optional. It stands in the history."),
    )

    class Meta:
        model = Milestone
        fields = ["stage", "starts_on", *GROUNDS]
        widgets = {"starts_on": DateInput()}
        labels = {"starts_on": _("Since when?")}

    field_order = [
        "stage",
        "starts_on",
        "note",
        "source_link",
        "evidence",
        "file",
        "reviewed_by",
        "reviewed_on",
        "reason",
    ]

    def __init__(self, *args, model, **kwargs):
        """`model`: the `StageModel` whose stages can be chosen."""
        super().__init__(*args, **kwargs)
        words = _("Which phase?") if model.is_phases else _("Which stage?")
        self.fields["stage"] = _one_of(words, [(stage.code, str(stage.label)) for stage in model.stages])
        self.initial.setdefault("starts_on", self.initiative.today())
        if self.instance.pk:
            del self.fields["file"]
        else:
            del self.fields["reason"]
        self.order_fields(self.field_order)

    def clean_starts_on(self):
        return self.not_in_future("starts_on")


class ReviewForm(GroundsForm):
    """How far one criterion was met on a day."""

    status = _one_of(_("How far is it met?"), CriterionReview.Status.choices)

    class Meta:
        model = CriterionReview
        fields = ["status", "looked_on", *GROUNDS]
        widgets = {"looked_on": DateInput()}
        labels = {"looked_on": _("As of which day?")}
        help_texts = {"looked_on": _("The review of the latest day stands. What was said earlier stays beside it.")}

    field_order = ["status", "looked_on", "note", "source_link", "evidence", "file", "reviewed_by", "reviewed_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("looked_on", self.initiative.today())

    def clean_looked_on(self):
        return self.not_in_future("looked_on")


class PhaseModelForm(InitiativeForm):
    """Which phases the initiative follows."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(model.code, str(model.label)) for model in stages.phase_models()]
        self.fields["model"] = _one_of(_("Model of phases"), choices)
