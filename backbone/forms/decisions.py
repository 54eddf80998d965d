"""What people type about decisions: first the question, later the answer."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backbone.forms.activities import PeriodForm
from backbone.forms.owners import OwnerField, owner_value
from backbone.models import Decision
from backbone.queries.action_items import meetings_to_choose, owner_people
from backbone.queries.decisions import DECIDED, OPEN, OVERDUE, RECORDED, REVIEW
from initiatives.forms import InitiativeModelForm
from partners.forms import DateInput
from partners.models import Group

LONGEST_REASON = 500


class VersionedForm(InitiativeModelForm):
    """A form about a decision that knows which version it began with."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    reason = forms.CharField(
        label=_("Why is it changed?"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Optional. It stands in the history."),
    )

    def __init__(self, *args, membership, asks_reason, **kwargs):
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        self.membership = membership
        self.initial["version"] = self.instance.version
        if not asks_reason:
            del self.fields["reason"]

    def _not_in_future(self, name):
        day = self.cleaned_data[name]
        if day and day > self.initiative.today():
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return day

    @property
    def version_begun(self):
        return self.cleaned_data["version"] or 0

    @property
    def reason_given(self):
        return self.cleaned_data.get("reason", "")


class DecisionForm(VersionedForm):
    """The question: what, who decides, by when."""

    owner = OwnerField()

    class Meta:
        model = Decision
        fields = ["title", "body", "raised_on", "needed_by", "options"]
        widgets = {
            "title": forms.TextInput({"autocomplete": "off"}),
            "raised_on": DateInput(),
            "needed_by": DateInput(),
            "options": forms.Textarea({"rows": 4}),
        }
        labels = {"title": _("What is to be decided?"), "body": _("Who decides?"), "needed_by": _("Needed by when?")}
        help_texts = {"needed_by": _("Blank if no day is set. Only decisions with a day can be in time or late.")}
        error_messages = {"title": {"required": _("Write in a few words what is to be decided.")}}

    field_order = ["title", "body", "raised_on", "needed_by", "owner", "options", "reason", "version"]

    def __init__(self, *args, groups, **kwargs):
        """`groups`: the bodies for which this person writes decisions down."""
        super().__init__(*args, asks_reason="instance" in kwargs, **kwargs)
        today, also = self.initiative.today(), self.instance if self.instance.pk else None
        there = Q(ends_on=None) | Q(ends_on__gte=today) | Q(pk=self.instance.body_id)
        self.fields["body"].queryset = groups.filter(there)
        self.fields["body"].empty_label = _("not said yet")
        if not self.membership.is_backbone:
            self.fields["body"].required = True
        self.fields["owner"].offer(*owner_people(self.membership, also=also))
        self.initial.setdefault("raised_on", today)
        if also:
            self.initial |= {"raised_on": also.raised_on, "owner": owner_value(also)}

    def clean_raised_on(self):
        return self._not_in_future("raised_on")

    def clean(self):
        values = super().clean()
        raised_on, decided_on = values.get("raised_on"), self.instance.decided_on
        if raised_on and decided_on and raised_on > decided_on:
            self.add_error("raised_on", _("It was decided before this day. Choose an earlier one."))
        return values

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in self._meta.fields} | self.cleaned_data["owner"]


class RecordForm(VersionedForm):
    """The answer: when, what and why."""

    class Meta:
        model = Decision
        fields = RECORDED
        widgets = {
            "decided_on": DateInput(),
            "outcome": forms.Textarea({"rows": 3}),
            "rationale": forms.Textarea({"rows": 3}),
            "dissent": forms.Textarea({"rows": 2}),
            "recusal": forms.Textarea({"rows": 2}),
            "review_on": DateInput(),
        }
        labels = {"outcome": _("What was decided?"), "rationale": _("Why?")}
        help_texts = {
            "dissent": _("Who saw it otherwise, and how; blank for nobody."),
            "review_on": _("Blank if it stands until somebody asks."),
        }

    field_order = [
        "outcome",
        "decided_on",
        "rationale",
        "dissent",
        "recusal",
        "review_on",
        "meeting",
        "reason",
        "version",
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, asks_reason=kwargs["instance"].decided_on is not None, **kwargs)
        self.fields["decided_on"].required = self.fields["outcome"].required = True
        self.fields["outcome"].error_messages["required"] = _("Write what was decided.")
        self.fields["meeting"].queryset = meetings_to_choose(self.membership, also=self.instance)
        self.fields["meeting"].empty_label = _("in no meeting")
        self.initial["decided_on"] = self.initial.get("decided_on") or self.initiative.today()

    def clean_decided_on(self):
        day = self._not_in_future("decided_on")
        if day < self.instance.raised_on:
            raise forms.ValidationError(_("It was raised after this day. Choose a later one."))
        return day

    def clean(self):
        values = super().clean()
        decided_on, review_on = values.get("decided_on"), values.get("review_on")
        if decided_on and review_on and review_on < decided_on:
            self.add_error("review_on", _("It is reviewed after it was decided. Choose a later day."))
        return values

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in RECORDED}

    @property
    def has_details(self):
        """Whether the less needed fields say something, or were refused: then they stand open."""
        return any(self[name].value() or name in self.errors for name in ("dissent", "recusal", "review_on", "meeting"))


class DecisionFilterForm(PeriodForm):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (OPEN, _("open")),
            (OVERDUE, _("overdue")),
            (DECIDED, _("decided")),
            (REVIEW, _("to be reviewed")),
        ],
    )
    body = forms.ModelChoiceField(Group.objects.all(), label=_("Who decides"), required=False, empty_label=_("All"))
    field_order = ["search", "state", "body", "since", "until"]

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = groups
