import datetime
import itertools
from functools import partial

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from indicators.catalogue import AUDIENCES
from initiatives.forms import InitiativeForm, InitiativeModelForm
from surveys import definition, merge
from surveys.models import MOST_REMINDERS, Round, RoundText


class ReminderDaysField(forms.CharField):
    """Days after opening, typed as "7, 14"; cleaned to a sorted list of whole numbers."""

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        words = [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]
        if not all(word.isdecimal() and 1 <= int(word) <= 365 for word in words):
            raise forms.ValidationError(_("Write the days after opening as numbers with commas, for example: 7, 14."))
        days = sorted({int(word) for word in words})
        if len(days) > MOST_REMINDERS:
            raise forms.ValidationError(_("At most three reminders: more would wear people out. Remove some days."))
        return days


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RoundForm(InitiativeModelForm):
    instrument = forms.ChoiceField(
        label=_("Instrument"), help_text=_("The questionnaire that is sent, and whom it is written for.")
    )
    reminder_days = ReminderDaysField(
        label=_("Reminders"),
        required=False,
        help_text=_("Days after opening on which those who have not finished get a reminder, for example: 7, 14."),
    )

    class Meta:
        model = Round
        fields = [
            "title",
            "instrument",
            "mode",
            "roster",
            "sectors",
            "groups",
            "one_organisation_one_voice",
            "opens_on",
            "closes_on",
            "notice_days",
            "reminder_days",
            "thanks",
            "sender_name",
            "reply_to",
        ]
        widgets = {
            "opens_on": _day(),
            "closes_on": _day(),
            "mode": forms.RadioSelect,
            "roster": forms.RadioSelect,
            "thanks": forms.RadioSelect,
            "sectors": forms.CheckboxSelectMultiple,
            "groups": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "mode": _(
                "Confidential: answers are linked to the person for reminders and resuming, and nobody sees an "
                "individual's answers. Named: the backbone sees who said what, and the first page says so. Anonymous: "
                "nothing joins an answer and a person, so nobody can stop and resume, change or withdraw answers; you learn "
                "once a day how many have answered, never who; figures are for the whole round only, without sectors, "
                "groups and pairs; and nothing is ever released."
            ),
            "sectors": _("None ticked: all sectors. Tick the sectors of those whom the questionnaire is written for."),
            "groups": _("None ticked: everyone, whether in a group or not."),
            "one_organisation_one_voice": _("Answers are averaged within an organisation before they are counted."),
            "opens_on": _("Empty: as soon as you press send."),
            "closes_on": _("The survey closes when this day ends where the initiative is."),
            "notice_days": _(
                "So many days before the opening day people are told that the survey is coming. Empty: they are not."
            ),
            "reply_to": _("Where a partner's reply to the invitation arrives."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        shipped = [definition.load_shipped(code) for code in definition.SHIPPED]
        self.fields["instrument"].choices = [
            (each.code, f"{each.title} ({AUDIENCES[each.audience]})") for each in shipped
        ]
        self.fields["thanks"].required = False
        if self.instance.pk:
            self.initial["instrument"] = self.instance.instrument_version.instrument.code
            self.fields["instrument"].disabled = True

    def clean_closes_on(self):
        closes_on = self.cleaned_data["closes_on"]
        if closes_on < self.initiative.today():
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        return closes_on

    def clean_reminder_days(self):
        days, gap = self.cleaned_data["reminder_days"], self.initiative.mail_gap_days
        if any(later - earlier < gap for earlier, later in itertools.pairwise([0, *days])):
            raise forms.ValidationError(
                ngettext(
                    "Between two mails to one person there is at least %(gap)s day here, also before the first reminder. "
                    "Choose days further apart.",
                    "Between two mails to one person there are at least %(gap)s days here, also before the first "
                    "reminder. Choose days further apart.",
                    gap,
                ),
                params={"gap": gap},
            )
        return days

    def clean(self):
        cleaned = super().clean()
        opens_on, closes_on = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The survey would close before it opens. Choose a later closing day."))
        self._check_notice(cleaned.get("notice_days"), opens_on)
        if cleaned.get("mode") == Round.Mode.ANONYMOUS:
            self._check_anonymous(cleaned)
        return cleaned

    def _check_anonymous(self, cleaned):
        if cleaned.get("thanks", Round.Thanks.NEVER) != Round.Thanks.NEVER:
            self.add_error(
                "thanks", _("A thank-you by mail would tell who has answered. Choose none, or another privacy.")
            )
        if cleaned.get("one_organisation_one_voice"):
            sentence = _(
                "Nobody knows which organisation an anonymous answer comes from. Untick this, or choose another privacy."
            )
            self.add_error("one_organisation_one_voice", sentence)

    def clean_thanks(self):
        return self.cleaned_data["thanks"] or Round.Thanks.NEVER

    def _check_notice(self, days, opens_on):
        if not days:
            return
        gap = self.initiative.mail_gap_days
        if not opens_on and "opens_on" not in self.errors:
            self.add_error("opens_on", _("A notice before needs a day on which the survey opens. Choose one."))
        if days < gap:
            sentence = ngettext(
                "The invitation follows the notice after at least %(gap)s day. Choose an earlier notice.",
                "The invitation follows the notice after at least %(gap)s days. Choose an earlier notice.",
                gap,
            )
            self.add_error("notice_days", sentence % {"gap": gap})


def suggested(initiative, user):
    """What an empty round form starts with: three weeks, two reminders, replies to the person who makes it."""
    today = initiative.today()
    return {
        "title": _("Survey of %(month)s") % {"month": today.strftime("%Y-%m")},
        "closes_on": today + datetime.timedelta(days=21),
        "reminder_days": [7, 14],
        "sender_name": initiative.name,
        "reply_to": user.email,
    }


class StewardForm(InitiativeForm):
    """Who may ask for the release of a round's answers; nobody unless somebody is named."""

    steward = forms.ModelChoiceField(
        label=_("Data steward"),
        queryset=get_user_model().objects.filter(is_active=True).order_by("name", "email"),
        required=False,
        empty_label=_("nobody: the answers are never released"),
        help_text=_(
            "The first page names this person. Later only they can ask for a release, and a second person decides."
        ),
    )

    def __init__(self, *args, round, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["steward"] = round.steward_id


# Whether the link belongs into a mail: the survey is not open yet, or the mail asks for nothing.
LINK_IN = {RoundText.Kind.NOTICE: False, RoundText.Kind.THANKS: None, RoundText.Kind.MEMBERS: None}


class RoundTextForm(forms.ModelForm):
    class Meta:
        model = RoundText
        fields = ["subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 14})}

    def clean_subject(self):
        return self._checked(self.cleaned_data["subject"], merge.check_subject)

    def clean_body(self):
        check = partial(merge.check, link=LINK_IN.get(self.instance.kind, True))
        return self._checked(self.cleaned_data["body"], check)

    def _checked(self, text, check):
        if sentences := check(text):
            raise forms.ValidationError(sentences)
        return text


class ClusterForm(InitiativeForm):
    """One line per sector: the name under which its answers are shown."""

    def __init__(self, *args, round, sectors, clusters, **kwargs):
        super().__init__(*args, **kwargs)
        self.sectors = {f"sector-{sector.pk}": sector for sector in sectors}
        for name, sector in self.sectors.items():
            self.fields[name] = forms.CharField(
                label=sector.name,
                max_length=120,
                required=False,
                initial=clusters.get(sector.pk, ""),
                widget=forms.TextInput(
                    attrs={"placeholder": sector.name, "list": "cluster-names", "data-sector": sector.name}
                ),
            )

    def names(self):
        """{sector: name it is shown under}, the sector's own where nothing was typed."""
        return {sector: self.cleaned_data[name].strip() or sector.name for name, sector in self.sectors.items()}


class ExtendForm(forms.Form):
    closes_on = forms.DateField(label=_("New closing day"), widget=_day())
