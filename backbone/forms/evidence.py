"""What people type about evidence: what partners did, what the backbone made easier, and how one can know."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backbone.forms.activities import PeriodForm
from backbone.forms.attachments import NewFileField, refuse_too_many
from backbone.forms.links import LinkField
from backbone.forms.people_counted import PeopleCountedField
from backbone.models import Evidence
from backbone.queries.evidence import WITH_SOURCE, WITHOUT_SOURCE, contacts_to_confirm
from initiatives.forms import InitiativeModelForm
from partners.forms import DateInput
from partners.models import Contact, Organisation

Kind = Evidence.Kind
EXAMPLES = {
    Kind.PUBLIC_ADVOCACY: _("Public advocacy: partners spoke in public for the goals"),
    Kind.DATA_USE: _("Data use: partners used data to decide or to do something differently"),
    Kind.COMMUNITY_SUPPORT: _("Community support: people of the community said that they are for it"),
    Kind.COMMUNITY_ACTION: _("Community action: people of the community did something themselves"),
    Kind.POLICY_ADVOCACY: _("Policy advocacy: people with influence spoke up for a change of the system"),
    Kind.FUNDER_REQUIREMENT: _("Funder requirement: a funder asks grantees to work towards the goals"),
}


class ContactField(forms.ModelChoiceField):
    """A contact, named with the organisation."""

    def label_from_instance(self, obj):
        return f"{obj.name}, {obj.organisation.name}"


class EvidenceForm(InitiativeModelForm):
    """The kind, the day and the title are needed; without a source the entry is kept, and counted in no figure."""

    people = PeopleCountedField(
        label=_("How many people?"),
        help_text=_(
            "For community action: a number, or a range such as 100-150 where nobody counted. Leave it empty where nobody knows."
        ),
    )
    source_link = LinkField(
        label=_("Link to the source"),
        required=False,
        help_text=_("An article, minutes, a recording: where others can see it."),
    )
    file = NewFileField(label=_("A file that shows it"), required=False)
    confirmed_by = ContactField(
        Contact.objects.all(), label=_("Who confirmed it?"), required=False, empty_label=_("nobody yet")
    )

    class Meta:
        model = Evidence
        fields = [
            "kind",
            "title",
            "happened_on",
            "description",
            "made_easier",
            "partners",
            "target_audiences",
            "source_link",
            "confirmed_by",
            "confirmed_by_other",
        ]
        widgets = {
            "title": forms.TextInput({"autocomplete": "off"}),
            "happened_on": DateInput(),
            "description": forms.Textarea({"rows": 4}),
            "made_easier": forms.Textarea({"rows": 3}),
            "partners": forms.CheckboxSelectMultiple(),
            "target_audiences": forms.CheckboxSelectMultiple(),
            "confirmed_by_other": forms.TextInput({"autocomplete": "off"}),
        }
        labels = {
            "kind": _("What kind of thing happened?"),
            "title": _("What happened?"),
            "happened_on": _("When?"),
            "description": _("What did partners do?"),
            "made_easier": _("What did the backbone make easier?"),
            "partners": _("Which partners?"),
            "target_audiences": _("Who spoke up?"),
            "confirmed_by_other": _("Or somebody who is no contact here"),
        }
        help_texts = {
            "description": _("Partners and the community did it: tell what they did, in their words where you can."),
            "made_easier": _(
                "A contribution, not the credit: a meeting that was called, data that was at hand, a door that was opened. "
                "Leave it empty if it was nothing."
            ),
            "target_audiences": _("For policy advocacy: the people with influence whom partners want to win."),
            "confirmed_by_other": _("Name, and what they are: “Ana Ruiz, city council”."),
        }
        error_messages = {
            "kind": {"required": _("Choose what kind of thing happened.")},
            "title": {"required": _("Write in a few words what happened.")},
            "happened_on": {"required": _("Say on which day it happened.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        also = self.instance if self.instance.pk else None
        self.fields["confirmed_by"].queryset = contacts_to_confirm(self.initiative, also=also)
        self.initial["people"] = (self.instance.people_least, self.instance.people_most)
        self.initial["happened_on"] = self.initial.get("happened_on") or self.initiative.today()
        if not self.fields["target_audiences"].queryset.exists():
            del self.fields["target_audiences"]

    def begin_with(self, *, kind="", partner=None, **_others):
        """Set what a new entry begins with: the filters of the list from which it is added."""
        self.initial |= {"kind": kind, "partners": [partner.pk] if partner else []}

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > self.initiative.today():
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file:
            refuse_too_many(self.instance)
        return file

    def clean(self):
        values = super().clean()
        if values.get("confirmed_by") and values.get("confirmed_by_other"):
            self.add_error("confirmed_by_other", _("Choose who confirmed it, or write a name, not both."))
        return values

    @property
    def values(self):
        """The `values` of `backbone.actions.evidence.add`."""
        columns = {name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields}
        least, most = self.cleaned_data["people"]
        return columns | {"people_least": least, "people_most": most}

    @property
    def file_values(self):
        file = self.cleaned_data["file"]
        return file.values if file else None

    # What the template shows by itself.

    @property
    def kind_choices(self):
        return [{"value": kind.value, "label": words} for kind, words in EXAMPLES.items()]

    @property
    def people_are_asked_elsewhere(self):
        """Whether the number of people says something, or was refused, so that it stands open whatever the kind."""
        return self["people"].value() not in (None, "", (None, None)) or "people" in self.errors

    @property
    def has_target_audiences(self):
        return bool(self["target_audiences"].value())

    @property
    def has_lost_its_file(self):
        """Browsers do not send a file twice by themselves: it has to be chosen again."""
        return self.is_bound and bool(self.errors) and bool(self.files.get("file"))


class EvidenceFilterForm(PeriodForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((value, capfirst(label)) for value, label in Kind.choices)],
    )
    partner = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Partner"), required=False, empty_label=_("All")
    )
    sourced = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("", _("All")), (WITH_SOURCE, _("counted")), (WITHOUT_SOURCE, _("not counted yet"))],
    )
    field_order = ["search", "kind", "partner", "sourced", "since", "until"]
