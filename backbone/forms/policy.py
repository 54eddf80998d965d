"""What people type about policy: the item, the stage it reached, and who has to be won."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.models import PolicyItem, PolicyStage, TargetAudience
from backbone.queries.policy import STAGE_FIELDS
from initiatives.forms import InitiativeModelForm
from partners.forms import DateInput, FilterForm, NamedForm


class PolicyItemForm(InitiativeModelForm):
    class Meta:
        model = PolicyItem
        fields = ["title", "jurisdiction", "description", "target_audiences"]
        widgets = {
            "title": forms.TextInput({"autocomplete": "off"}),
            "description": forms.Textarea({"rows": 3}),
            "target_audiences": forms.CheckboxSelectMultiple(),
        }
        labels = {"title": _("What is it called?"), "target_audiences": _("Who has to be won?")}
        help_texts = {
            "title": _("A law, a rule, a line in a budget, or what an authority does."),
            "jurisdiction": _("Where it holds: a city, a district, a state."),
        }
        error_messages = {"title": {"required": _("Write in a few words what it is.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.fields["target_audiences"].queryset.exists():
            del self.fields["target_audiences"]

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in self.fields}


class PolicyStageForm(InitiativeModelForm):
    """The stage that an item reached; `policy_item` is None while the item itself is being written."""

    source_link = forms.URLField(
        label=_("Link to the source"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("For others to read it themselves."),
    )

    class Meta:
        model = PolicyStage
        fields = STAGE_FIELDS
        widgets = {"reached_on": DateInput(), "note": forms.Textarea({"rows": 2})}
        labels = {"alignment": _("How far does it agree with the agenda?"), "note": _("What happened?")}
        help_texts = {"alignment": _("As it was worded on that day.")}
        error_messages = {
            "stage": {"required": _("Choose the stage that it reached.")},
            "alignment": {"required": _("Choose how far it agrees.")},
        }

    def __init__(self, *args, policy_item=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy_item = policy_item
        if not self.instance.pk:
            self.initial.setdefault("reached_on", self.initiative.today())

    def clean_reached_on(self):
        day = self.cleaned_data["reached_on"]
        if day > self.initiative.today():
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    def clean(self):
        values = super().clean()
        same = {name: values.get(name) for name in ("stage", "alignment", "reached_on")}
        if self.policy_item and all(same.values()):
            there = self.policy_item.stages.filter(**same).exclude(pk=self.instance.pk)
            if there.exists():
                raise forms.ValidationError(
                    _("This stage is written down for that day already. Change the stage, the alignment or the day.")
                )
        return values

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in STAGE_FIELDS}


class TargetAudienceForm(NamedForm):
    class Meta:
        model = TargetAudience
        fields = ["name", "note"]
        widgets = {"name": forms.TextInput({"autocomplete": "off"}), "note": forms.Textarea({"rows": 4})}
        labels = {"name": _("Who has to be won?")}
        help_texts = {
            "name": _("A council, a committee, an office or an editor."),
            "note": _("The committee reads this, too."),
        }
        error_messages = {"name": {"required": _("Write who has to be won.")}}

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class PolicyFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *PolicyStage.Stage.choices])
    alignment = forms.ChoiceField(
        label=_("Alignment"), required=False, choices=[("", _("All")), *PolicyStage.Alignment.choices]
    )
    jurisdiction = forms.CharField(label=_("Jurisdiction"), required=False, max_length=200)
    audience = forms.ModelChoiceField(
        TargetAudience.objects.all(), label=_("Target audience"), required=False, empty_label=_("All")
    )


class AudienceFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    quiet = forms.BooleanField(label=_("Only those not spoken with for 90 days"), required=False)
