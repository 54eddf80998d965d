"""What people type about action items: what, who and until when; the rest only where it is wanted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.forms.owners import OwnerField, owner_value
from backbone.models import ActionItem
from backbone.queries import action_items as queries
from backbone.queries.meetings import groups_seen
from initiatives.forms import InitiativeModelForm
from partners.forms import DateInput, FilterForm
from partners.models import Group


class QuickActionItemForm(InitiativeModelForm):
    """One line: what, who, until when."""

    owner = OwnerField()

    class Meta:
        model = ActionItem
        fields = ["title", "due_on"]
        widgets = {"title": forms.TextInput({"autocomplete": "off"}), "due_on": DateInput()}
        labels = {"title": _("What is to be done?"), "due_on": _("Until when?")}
        error_messages = {"title": {"required": _("Write in a few words what is to be done.")}}

    field_order = ["title", "owner", "due_on"]

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        self.membership = membership
        also = self.instance if self.instance.pk else None
        self.fields["owner"].offer(*queries.owner_people(membership, also=also))
        if also:
            self.initial["owner"] = owner_value(also)

    @property
    def values(self):
        """The columns of an action item, its owner among them."""
        return {name: self.cleaned_data[name] for name in self._meta.fields} | self.cleaned_data["owner"]


class ActionItemForm(QuickActionItemForm):
    class Meta(QuickActionItemForm.Meta):
        fields = ["title", "due_on", "meeting", "decision", "note"]
        widgets = QuickActionItemForm.Meta.widgets | {"note": forms.Textarea({"rows": 3})}

    field_order = ["title", "owner", "due_on", "meeting", "decision", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        also = self.instance if self.instance.pk else None
        self.fields["meeting"].queryset = queries.meetings_to_choose(self.membership, also=also)
        self.fields["decision"].queryset = queries.decisions_to_choose(self.membership, also=also)

    def clean(self):
        values = super().clean()
        chosen = values.get("meeting") or values.get("decision")
        if not chosen and not self.membership.is_backbone and not {"meeting", "decision"} & set(self.errors):
            self.add_error("meeting", _("Choose a meeting or a decision of the group you lead."))
        return values


class ActionItemFilterForm(FilterForm):
    owner = OwnerField(label=_("Owner"))
    when = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[("", _("at any time")), ("overdue", _("overdue")), ("week", _("this week"))],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("still to be done")), *ActionItem.State.choices, ("all", _("all"))],
    )
    meeting = forms.ModelChoiceField(
        ActionItem._meta.get_field("meeting").related_model.objects.all(),
        label=_("Meeting"),
        required=False,
        empty_label=_("All"),
    )
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Committee or group"), required=False, empty_label=_("All")
    )

    def __init__(self, *args, membership, any_state=False, **kwargs):
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        if any_state:
            del self.fields["state"]
        first = [("", _("All")), ("mine", _("mine"))]
        self.fields["owner"].offer(*queries.owners_of_list(membership), first=first)
        self.fields["meeting"].queryset = queries.meetings_of_list(membership)
        self.fields["group"].queryset = groups_seen(membership)

    @property
    def filters(self):
        found = super().filters
        owner = {name: person for name, person in (found.pop("owner", None) or {}).items() if person}
        if self["owner"].value() == "mine":
            owner = "mine"
        return found | ({"owner": owner} if owner else {})
