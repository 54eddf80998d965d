"""What people type about meetings: hours on the clock of a place, and how they come round."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backbone import occurrences
from backbone.models.meetings import LONGEST_MEETING
from backbone.queries.meetings import PAST, UPCOMING, WITHOUT_MINUTES
from initiatives.forms import InitiativeForm, time_zones
from partners.forms import DateInput, FilterForm
from partners.models import Group

REPEATS = [
    (occurrences.NONE, _("Once")),
    (occurrences.WEEKLY, _("Every week")),
    (occurrences.FORTNIGHTLY, _("Every two weeks")),
    (occurrences.MONTHLY_BY_WEEKDAY, _("Every month on the same weekday, such as the second Tuesday")),
    (occurrences.MONTHLY_BY_DATE, _("Every month on the same date, such as the 15th")),
    (occurrences.QUARTERLY, _("Every three months on the same weekday")),
]
FOLLOWING = "following"
WHICH = [("", _("Only this meeting")), (FOLLOWING, _("This meeting and those that follow in its series"))]
SHOWN = [(UPCOMING, _("Upcoming")), (PAST, _("Past")), (WITHOUT_MINUTES, _("Without minutes"))]


class MeetingForm(InitiativeForm):
    """One meeting. `groups` are those the person may plan for; who is not the backbone must choose one of them."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Write what the meeting is called.")},
    )
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Committee or group"), required=False, empty_label=_("Open to all")
    )
    held_on = forms.DateField(label=_("Day"), widget=DateInput())
    starts_at = forms.TimeField(label=_("Start"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    duration = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=1,
        max_value=LONGEST_MEETING,
        initial=60,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Day and start are on the clock there.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    link = forms.URLField(label=_("Link to take part"), max_length=500, required=False, assume_scheme="https")
    purpose = forms.CharField(label=_("What it is for"), required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args, membership, groups, meeting=None, **kwargs):
        self.meeting = meeting
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        self.fields["group"].queryset = groups
        if not membership.is_backbone:
            self.fields["group"].required = True
            self.fields["group"].empty_label = None
        if meeting is not None and meeting.series_id:
            self.fields["which"] = forms.ChoiceField(
                label=_("What changes?"), choices=WHICH, required=False, widget=forms.RadioSelect(), initial=""
            )
        self.initial = self._beginning() | self.initial

    def _beginning(self):
        if self.meeting is None:
            return {"time_zone": self.initiative.time_zone, "held_on": self.initiative.today()}
        kept = ("title", "duration", "time_zone", "place", "link", "purpose")
        begins = self.meeting.begins
        return {name: getattr(self.meeting, name) for name in kept} | {
            "group": self.meeting.group_id,
            "held_on": begins.date(),
            "starts_at": begins.time(),
        }

    def clean(self):
        values = super().clean()
        if {"held_on", "starts_at", "time_zone"} <= set(values):
            values["moment"] = self._moment(values["held_on"], values["starts_at"], values["time_zone"])
        return values

    def _moment(self, day, time, zone):
        try:
            return occurrences.moment(day, time, zone)
        except occurrences.NoSuchTime:
            sentence = _("There is no %(time)s on that day: the clocks spring forward over it. Choose another time.")
            self.add_error("starts_at", sentence % {"time": time.strftime("%H:%M")})
        except OverflowError:
            self.add_error("held_on", _("This day is too far away. Choose another one."))

    @property
    def with_following(self):
        return self.cleaned_data.get("which") == FOLLOWING

    @property
    def values(self):
        """The arguments of `backbone.actions.meetings.plan_meeting`."""
        kept = ("title", "group", "duration", "time_zone", "place", "link", "purpose")
        return {name: self.cleaned_data[name] for name in kept} | {"starts_at": self.cleaned_data["moment"]}


class NewMeetingForm(MeetingForm):
    """A meeting, or a series of them."""

    repeats = forms.ChoiceField(label=_("Comes round"), choices=REPEATS, required=False)
    count = forms.IntegerField(
        label=_("How many meetings?"),
        required=False,
        min_value=2,
        max_value=occurrences.MOST_OCCURRENCES,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    until = forms.DateField(label=_("Or until which day?"), required=False, widget=DateInput())

    def clean(self):
        values = super().clean()
        if values.get("repeats"):
            self._check_end(values)
        return values

    def _check_end(self, values):
        count, until, first = values.get("count"), values.get("until"), values.get("held_on")
        if {"count", "until"} & set(self.errors):
            return
        if count and until:
            self.add_error("until", _("You gave a number and a last day. Keep one of them."))
        elif not count and not until:
            self.add_error("count", _("Say how many meetings, or until which day they come round."))
        elif until and first and until <= first:
            self.add_error("until", _("This day is not after the first meeting. Choose a later one."))

    @property
    def recurrence(self):
        """The rule of the series; "" for a single meeting."""
        values = self.cleaned_data
        return occurrences.rule(
            values["repeats"], values["held_on"], count=values.get("count"), until=values.get("until")
        )


class MeetingFilterForm(FilterForm):
    show = forms.ChoiceField(label=_("Show"), choices=SHOWN, required=False, widget=forms.HiddenInput())
    group = forms.ModelChoiceField(
        Group.objects.all(), label=_("Committee or group"), required=False, empty_label=_("All")
    )

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups
