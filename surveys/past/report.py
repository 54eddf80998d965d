"""The sentences that a dry run becomes on its page."""

from django.utils.translation import gettext_lazy as _

from core import sheets
from surveys.past.check import group_of
from surveys.past.columns import ORGANISATION, SECTOR, SUBMITTED, is_understood

UNREADABLE = {
    **sheets.SENTENCES,
    "figure_columns": _(
        "The first row must name the columns of the template: %(columns)s. Favourable or Percent may be missing, not both. Take the template and upload the file again."
    ),
    "stopped": _("The import stopped because of an error on our side. Nothing of it counts. Upload the file again."),
}
PROBLEMS = {
    "no_question": _("No column is matched with a question yet. Choose the questions below and look again."),
    "no_row": _("No row has an answer to these questions. Look at the columns and values below."),
    "more_than_invited": _(
        "The file has answers of more people than were invited. Start again with the number invited, or leave it empty."
    ),
    "too_many_rows": _("The file has more than 20,000 rows with answers. That is more than one round can hold."),
    "sector_alone": _(
        "Sectors can be shown only where another column says who is of one organisation. Choose that column, or leave the sector out."
    ),
    "one_organisation": _(
        "All answers are of one organisation, and figures of one organisation alone are never shown."
    ),
    "no_figure": _("No row can be taken. The table below says why."),
}
REFUSED = {
    "unknown_item": _("This is no statement of the questionnaire. Write its code or its words as in the template."),
    "item_twice": _("This statement stands in an earlier row. Keep one of the two."),
    "nobody": _("Nobody answered this statement. Leave the row out."),
    "more_than_invited": _(
        "More people than the %(invited)s who were invited. Mend this number or the number invited."
    ),
    "no_figure": _("Neither the favourable answers nor their percentage. Write one of the two."),
    "more_than_n": _("More favourable answers than the %(n)s people who answered. Mend one of the two."),
    "no_such_count": _(
        "No number of people among %(n)s gives this percentage at one decimal: %(count)s are %(gives)s %%. Write the number of people instead, or mend n."
    ),
    "not_whole": _("Write a whole number of people."),
    "not_a_percentage": _("Write a percentage from 0 to 100, for example 39.1."),
}
COLUMN_NAMES = {"item": _("Code"), "count": _("Favourable"), "percent": _("Percent"), "n": _("n")}
HOW = {
    "code": _("found by its code"),
    "text": _("found by its words"),
    "likeness": _("its words are much alike: please check"),
    "chosen": _("chosen by you"),
}
ROLES = {
    ORGANISATION: _("the organisation (kept as a number only)"),
    SECTOR: _("the sector"),
    SUBMITTED: _("the day it was submitted (blank: not finished)"),
}


def readable(report):
    """The report with a sentence for each of its codes, ready for the page."""
    if "unreadable" in report:
        return {"problem": str(UNREADABLE[report["unreadable"]]) % report.get("params", {})}
    return report | {
        "problems": [str(PROBLEMS[code]) for code in report.get("problems", [])],
        "refused": [_refusal(*refused) for refused in report.get("refused", [])],
        "unknown": [_unknown(*unknown) for unknown in report.get("unknown", [])],
    }


def _refusal(row, column, value, code, numbers):
    return {
        "row": row,
        "column": str(COLUMN_NAMES[column]),
        "value": value,
        "what_to_do": str(REFUSED[code]) % numbers,
    }


def _unknown(row, column, value):
    return {"row": row, "column": column, "value": value}


def targets(definition):
    """[(target, label)] of what a column may be, as a select offers it: left out, the roles, then groups of questions."""
    groups = []
    for question in definition.questions:
        if question.kind == "matrix":
            groups.append((str(question.text), [(item.code, f"{item.code}: {item.text}") for item in question.items]))
        elif is_understood(question):
            groups.append(
                (str(question.text), [(question.code, f"{question.code}: {question.text}"), *_options(question)])
            )
    return [("", _("Leave it out")), (_("About the person's organisation"), list(ROLES.items())), *groups]


def _options(question):
    options = question.options if question.kind == "several_choices" else ()
    return [(f"{question.code}.{option.code}", f"{question.code}.{option.code}: {option.text}") for option in options]


def answers(definition, group):
    """[(value, label)] of what a value may mean, on a scale or in one question; of a number only itself."""
    questions = (question for question in definition.questions if is_understood(question))
    question = next(question for question in questions if group_of(question) == group)
    if question.kind == "matrix":
        numbered = ((value, str(label)) for value, label in question.scale.choices)
        return [(value, f"{value}: {label}" if value.isdecimal() else label) for value, label in numbered]
    if question.kind == "rating":
        return [(value, value) for value in question.values]
    return [(option.code, str(option.text)) for option in getattr(question, "options", ())]
