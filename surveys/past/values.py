"""Which answer a cell means: labels in any language, numbers, both together, and the ways of not taking a side."""

import re

from surveys.definition import DONT_KNOW, NOT_APPLICABLE
from surveys.past.wording import key, tidy

# What people write who did not use our labels; where an instrument gives a label a meaning of its own, that one counts.
USUAL = {
    1: "strongly disagree|disagree strongly|completely disagree|totally disagree|muy en desacuerdo|totalmente en desacuerdo|"
    "pas du tout d'accord|tout à fait en désaccord|fortement en désaccord",
    2: "disagree|somewhat disagree|tend to disagree|en desacuerdo|algo en desacuerdo|pas d'accord|plutôt pas d'accord|en désaccord",
    3: "neutral|neither agree nor disagree|neither|undecided|ni de acuerdo ni en desacuerdo|ni d'accord ni pas d'accord|"
    "ni d'accord ni en désaccord|neutre",
    4: "agree|somewhat agree|tend to agree|de acuerdo|algo de acuerdo|d'accord|plutôt d'accord",
    5: "strongly agree|agree strongly|completely agree|totally agree|muy de acuerdo|totalmente de acuerdo|"
    "tout à fait d'accord|fortement d'accord",
    DONT_KNOW: "don't know|do not know|dont know|unsure|not sure|can't say|cannot say|no opinion|dk|no sé|no lo sé|no sabe|"
    "je ne sais pas|ne sait pas|sans opinion",
    NOT_APPLICABLE: "n/a|na|not applicable|does not apply|doesn't apply|no aplica|no corresponde|no procede|"
    "sans objet|ne s'applique pas|non applicable|not relevant",
}
NUMBER = re.compile(r"(\d{1,2})(?:[.,]0+)?")
CODE = re.compile(r"AO?0*(\d)", re.I)
NUMBER_FIRST = re.compile(r"[(\[]?(\d)[)\]]?\s*(?:[-–—:.=]|/\s*5)?\s*(.*)")
NUMBER_LAST = re.compile(r"(.+?)\s*[(\[]?(\d)[)\]]?")


def labels_of(question):
    """{key of a label: answer} of a matrix's scale or of a single choice, in every language."""
    if question.kind == "single_choice":
        codes = {key(option.code): option.code for option in question.options}
        return codes | {key(text): option.code for option in question.options for _l, text in option.text.texts}
    usual = {key(text): value for value, texts in USUAL.items() for text in texts.split("|")}
    scale = question.scale
    offered = zip(scale.values.values(), [*scale.points, scale.dont_know, scale.not_applicable], strict=True)
    return usual | {key(text): value for value, label in offered for _language, text in label.texts}


def understand(text, question, labels):
    """The answer that a cell's text means, or None where it cannot be told. A number and a label must agree."""
    text = tidy(text)
    if key(text) in labels:
        return labels[key(text)]
    if question.kind == "single_choice":
        return None
    for pattern in (NUMBER, CODE):
        if found := pattern.fullmatch(text):
            return _point(found[1], question.scale)
    if (found := NUMBER_FIRST.fullmatch(text)) and (not found[2] or key(found[2])):
        return _agreed(found[1], found[2], question.scale, labels)
    if found := NUMBER_LAST.fullmatch(text):
        return _agreed(found[2], found[1], question.scale, labels)
    return None


def _agreed(number, label, scale, labels):
    """The point that number and label both name; the number alone where nothing stands beside it."""
    point = _point(number, scale)
    if label and labels.get(key(label)) != point:
        return None
    return point


def _point(number, scale):
    return int(number) if scale.minimum <= int(number) <= scale.maximum else None


def wanted(value, question):
    """What somebody chose for a value in a form, as it is stored: "4" is 4, "dk" stays; None where it is not offered."""
    if question.kind == "matrix":
        return question.scale.values.get(value)
    return value if question.accepts(value) else None
