"""What people type about an item of an agenda."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone.models import AgendaItem
from backbone.queries.agendas import decisions_to_choose, owners_to_choose
from initiatives.forms import InitiativeModelForm


class AgendaItemForm(InitiativeModelForm):
    class Meta:
        model = AgendaItem
        fields = ["title", "kind", "duration", "owner_staff", "owner_contact", "goal", "decision"]
        widgets = {
            "title": forms.TextInput({"autocomplete": "off"}),
            "duration": forms.NumberInput({"inputmode": "numeric"}),
        }
        labels = {
            "owner_staff": _("Who sees to it: staff"),
            "owner_contact": _("Or a partner's contact"),
            "decision": _("Open decision it is about"),
        }
        error_messages = {"title": {"required": _("Write what the item is about.")}}

    def __init__(self, *args, membership, meeting, **kwargs):
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        item = self.instance if self.instance.pk else None
        staff, contacts = owners_to_choose(membership, meeting, item)
        self.fields["owner_staff"].queryset, self.fields["owner_contact"].queryset = staff, contacts
        self.fields["decision"].queryset = decisions_to_choose(membership, item)

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields}
