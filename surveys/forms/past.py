"""Bringing in an earlier round: its file, what its columns and values mean, or its published figures."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import csv, sheets
from initiatives.forms import InitiativeForm
from surveys.models import PastImport
from surveys.past import figures, report
from surveys.past.check import NO_ANSWER
from surveys.queries.answering import definition_of
from surveys.queries.past import questionnaires, round_of_that_day, version_named

MOST_INVITED = 1_000_000


class PastForm(InitiativeForm):
    """What both kinds ask: which questionnaire, when it closed, how many were invited, and a file."""

    kind = PastImport.Kind.ANSWERS
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("For example: Survey of 2025."))
    instrument = forms.ChoiceField(
        label=_("Questionnaire"), help_text=_("The one here whose questions were asked then, all of them or some.")
    )
    closes_on = forms.DateField(
        label=_("Closed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day of that survey. It decides which rounds are held against it."),
    )
    invited = forms.IntegerField(
        label=_("People invited"),
        required=False,
        min_value=1,
        max_value=MOST_INVITED,
        help_text=_("Leave it empty if nobody knows: the ranges are then wider, because they cannot count on it."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 5 MB, as your survey program exports it."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose a file with rows.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx,text/csv"
        self.fields["instrument"].choices = list(_titles(questionnaires(self.initiative)))

    def clean_closes_on(self):
        day = self.cleaned_data["closes_on"]
        if day >= self.initiative.today():
            raise forms.ValidationError(_("An earlier round has closed already. Choose a day in the past."))
        return day

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return file
        if file.size > sheets.LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB. Take away what is not needed."))
        self.content = file.read()
        self.file_name = file.name
        if not self.content.startswith(sheets.WORKBOOK):
            try:
                csv.decode(self.content)
            except csv.Unreadable as problem:
                raise forms.ValidationError(report.UNREADABLE[problem.code]) from None
        return file

    def clean(self):
        cleaned = super().clean()
        version = version_named(self.initiative, cleaned.get("instrument") or "")
        day = cleaned.get("closes_on")
        if version and day and (round := round_of_that_day(self.initiative, version, day)):
            sentence = _("“%(title)s” asked this questionnaire and closed on that day: it is here already.")
            self.add_error("closes_on", sentence % {"title": round.title})
        return cleaned

    def unsaved(self):
        """The PastImport that the form describes."""
        return PastImport(
            initiative=self.initiative,
            kind=self.kind,
            title=self.cleaned_data["title"],
            closes_on=self.cleaned_data["closes_on"],
            invited=self.cleaned_data["invited"],
        )


class PastFiguresForm(PastForm):
    """Published figures: from a file, or typed in, one line for each statement."""

    kind = PastImport.Kind.FIGURES

    def __init__(self, *args, questionnaire, **kwargs):
        super().__init__(*args, **kwargs)
        name, asked = questionnaire
        self.items = asked.items()
        self.fields["instrument"].choices = [
            choice for choice in self.fields["instrument"].choices if choice[0] == name
        ]
        self.fields["file"].required = False
        self.fields["file"].help_text = _(
            "CSV or XLSX with the columns of the template. Without a file, fill in below."
        )
        for item in self.items:
            for column, label in (("count", _("Favourable")), ("percent", _("Percent")), ("n", _("n"))):
                self.fields[f"{column}-{item.code}"] = forms.CharField(
                    label=f"{label}, {item.code}",
                    required=False,
                    max_length=20,
                    widget=forms.TextInput(attrs={"size": 6, "class": "form-control", "inputmode": "decimal"}),
                )

    @property
    def lines(self):
        """(item, its three fields), for the table of the page."""
        return [(item, [self[f"{column}-{item.code}"] for column in ("count", "percent", "n")]) for item in self.items]

    @property
    def heading_fields(self):
        return [self[name] for name in ("title", "instrument", "closes_on", "invited", "file")]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("file") and "file" not in self.errors:
            rows = [
                [i.code, *(cleaned.get(f"{c}-{i.code}", "") for c in ("count", "percent", "n"))] for i in self.items
            ]
            rows = [row for row in rows if any(row[1:])]
            if not rows:
                self.add_error("file", _("Choose a file, or fill in at least one statement."))
            header = [column for place, column in enumerate(figures.TEMPLATE) if place != 1]
            self.content, self.file_name = b"".join(csv.write([header, *rows])), "typed.csv"
        return cleaned


def _titles(found):
    """(name, title) of each questionnaire; the number of a version that is not the newest stands behind its title."""
    seen = set()
    for name, asked, number in found:
        newer = asked.code in seen
        seen.add(asked.code)
        yield (
            name,
            _("%(title)s, version %(number)s") % {"title": asked.title, "number": number} if newer else asked.title,
        )


class MappingForm(InitiativeForm):
    """What each column and each value means. `past_import` was checked; its report says what there is."""

    def __init__(self, *args, past_import, **kwargs):
        super().__init__(*args, **kwargs)
        definition = definition_of(past_import.instrument_version)
        offered = report.targets(definition)
        self.columns = {f"column-{c['place']}": c for c in past_import.report["columns"] if not c["is_personal"]}
        self.personal = [c for c in past_import.report["columns"] if c["is_personal"]]
        self.values = {f"value-{place}": value for place, value in enumerate(past_import.report["values"])}
        for name, column in self.columns.items():
            title = column["title"] or _("Column without a heading")
            self._offer(name, title, offered, column["target"])
        for name, value in self.values.items():
            meanings = [
                *([] if value["is_known"] else [("", _("Not understood"))]),
                *report.answers(definition, value["group"]),
                (NO_ANSWER, _("No answer")),
            ]
            taken = (
                NO_ANSWER
                if value["is_known"] and value["taken"] is None
                else str("" if value["taken"] is None else value["taken"])
            )
            self._offer(name, value["text"], meanings, taken)

    def _offer(self, name, label, choices, initial):
        field = forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)
        field.widget.attrs["class"] = "form-select"
        self.fields[name] = field

    @property
    def column_lines(self):
        return [(self[name], column, report.HOW.get(column["how"], "")) for name, column in self.columns.items()]

    @property
    def value_lines(self):
        return [(self[name], value) for name, value in self.values.items()]

    def clean(self):
        cleaned = super().clean()
        first = {}
        for name in self.columns:
            target = cleaned.get(name)
            if target and first.setdefault(target, name) != name:
                other = self.fields[first[target]].label
                self.add_error(
                    name,
                    _("The column “%(other)s” has this already. Choose another, or leave one out.") % {"other": other},
                )
        return cleaned

    def mapping(self):
        """What was chosen, as `PastImport.mapping` keeps it."""
        columns = {
            str(c["place"]): self.cleaned_data[name] for name, c in self.columns.items() if self.cleaned_data[name]
        }
        values = {v["key"]: self.cleaned_data[name] for name, v in self.values.items() if self.cleaned_data[name]}
        return {"columns": columns, "values": values}
