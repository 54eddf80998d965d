"""Whom a mail about a meeting goes to, besides those who hold seats."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from backbone.queries.invitations import guests_to_choose, staff_to_choose
from partners.forms import FilterForm
from partners.models import Contact

SERIES, MEETING = "series", "meeting"


class InvitationForm(FilterForm):
    """The first look at a series is at all of its meetings; what was changed of one meeting is told of this one."""

    which = forms.ChoiceField(
        label=_("Which meetings?"),
        choices=[(SERIES, _("All meetings of the series")), (MEETING, _("Only this meeting"))],
        required=False,
        widget=forms.RadioSelect(),
    )
    staff = forms.ModelMultipleChoiceField(
        get_user_model().objects.none(), label=_("Staff"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    guests = forms.ModelMultipleChoiceField(
        Contact.objects.none(), label=_("Guests"), required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, *args, membership, meeting, whole_series, **kwargs):
        super().__init__(*args, initiative=membership.initiative, **kwargs)
        self.fields["staff"].queryset = staff_to_choose(membership)
        self.fields["guests"].queryset = guests_to_choose(membership)
        self.initial["which"] = SERIES if whole_series else MEETING
        if not meeting.series_id:
            del self.fields["which"]
        if not membership.is_backbone:
            del self.fields["guests"]

    @property
    def choice(self):
        """The arguments of `backbone.queries.invitations.notice_for`."""
        filters = self.filters if self.is_bound else {}
        which = filters.get("which") or self.initial["which"]
        return {
            "whole_series": which == SERIES,
            "guests": list(filters.get("guests", [])),
            "staff": list(filters.get("staff", [])),
        }

    @property
    def chosen(self):
        """(name, value) of what was chosen, for the form that sends: it asks for the same list again."""
        choice = self.choice
        which = [("which", SERIES if choice["whole_series"] else MEETING)]
        return which + [(name, row.pk) for name in ("staff", "guests") for row in choice[name]]
