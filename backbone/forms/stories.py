"""What people type about contribution stories."""

import re

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from backbone.forms.decisions import VersionedForm
from backbone.models import Evidence, Story
from backbone.queries.stories import LABELS, entries_to_choose, first_to_ask, partners_of, people_to_ask
from partners.forms import FilterForm
from partners.models import Organisation

LONGEST_TEXT = 20_000
KEY = re.compile(r"[0-9]{1,18}", re.ASCII)


class EntryField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, entry):
        return f"{date_format(entry.happened_on, 'SHORT_DATE_FORMAT')}: {entry}"


class StoryForm(VersionedForm):
    """The words, the partners they tell of, and whom each of these is asked through. `version` counts what was saved."""

    text = forms.CharField(
        label=_("The story"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 12}),
        help_text=_("What did partners do, and what did the backbone make easier? Contribution, not credit."),
        error_messages={"required": _("Write the story.")},
    )
    partners = forms.ModelMultipleChoiceField(
        Organisation.objects.all(),
        label=_("Partners it tells of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence = EntryField(
        Evidence.objects.all(), label=_("Evidence"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Story
        fields = ["title", "text", "evidence"]
        widgets = {"title": forms.TextInput({"autocomplete": "off"})}
        error_messages = {"title": {"required": _("Give the story a title.")}}

    field_order = ["title", "text", "partners", "evidence", "reason", "version"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, asks_reason="instance" in kwargs, **kwargs)
        self.initial["version"] = self.instance.edits
        named = partners_of(self.instance) if self.instance.pk else {}
        today = self.initiative.today()
        there = self.initiative.organisations.exclude(left_on__lte=today)
        also = self.initiative.organisations.filter(pk__in=[partner.pk for partner in named])
        self.fields["partners"].queryset = (there | also).order_by("name")
        self.fields["evidence"].queryset = entries_to_choose(self.initiative, also=self._entries()).order_by(
            "-happened_on", "-id"
        )
        if named:
            self.initial["partners"] = [partner.pk for partner in named]
        self._ask_through(named)

    def _entries(self):
        own = self.instance.evidence.all() if self.instance.pk else []
        begun = self.initiative.evidence.filter(pk__in=self.initial.get("evidence", [])) if not self.instance.pk else []
        return [*own, *begun]

    def _ask_through(self, named):
        """A choice of contacts for each partner that is named, or was ticked when the form was sent."""
        keys = {partner.pk for partner in named} | set(self.initial.get("partners", [])) | set(self._ticked())
        partners = [partner for partner in self.fields["partners"].queryset if partner.pk in keys]
        found = people_to_ask(self.initiative, [partner.pk for partner in partners], also=named.values())
        self.people = {partner.pk: {str(person.pk): person for person in found[partner.pk]} for partner in partners}
        asked = {partner.pk: contact for partner, contact in named.items()}
        for partner in partners:
            contact = asked.get(partner.pk) if partner.pk in asked else first_to_ask(found[partner.pk])
            self.fields[f"asked_{partner.pk}"] = forms.ChoiceField(
                label=_("Who is asked at “%(partner)s”?") % {"partner": partner},
                required=False,
                initial=str(contact.pk) if contact else "",
                choices=[("", _("nobody yet")), *((key, str(each)) for key, each in self.people[partner.pk].items())],
            )

    def _ticked(self):
        typed = self.data.getlist("partners") if self.is_bound else []
        return [int(key) for key in typed if KEY.fullmatch(key)]

    def _contact_of(self, partner):
        """Who was chosen; for a partner that was only just ticked, whoever is asked first there."""
        name = f"asked_{partner.pk}"
        key = self.cleaned_data[name] if name in self.data else self.fields[name].initial
        return self.people[partner.pk].get(key)

    @property
    def asked_fields(self):
        return [self[f"asked_{key}"] for key in self.people]

    @property
    def values(self):
        """As `backbone.actions.stories.write` takes them."""
        partners = {partner: self._contact_of(partner) for partner in self.cleaned_data["partners"]}
        words = {name: self.cleaned_data[name] for name in ("title", "text")}
        return words | {"evidence": list(self.cleaned_data["evidence"]), "partners": partners}


class StoryFilterForm(FilterForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((state, label) for state, (label, _kind) in LABELS.items())],
    )

    def __init__(self, *args, sees_states, **kwargs):
        super().__init__(*args, **kwargs)
        if not sees_states:
            del self.fields["state"]
