"""Which answer a cell means: labels in any language, numbers, both together, and the ways of not taking a side."""

import re

from surveys.definition import AGREEMENT, DONT_KNOW, NOT_APPLICABLE
from surveys.definition.numerals import number_in
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
# What stands in the column of one choice.
CHOSEN = frozenset(map(key, ["1", "y", "yes", "x", "true", "checked", "selected", "chosen", "sí", "oui", "vrai"]))
NOT_CHOSEN = frozenset(map(key, ["0", "n", "no", "false", "unchecked", "not selected", "not chosen", "non", "faux"]))
OF_TEN = re.compile(r"\s*(?:/|of|out of|de|sur)\s*10$", re.I)
NUMBER = re.compile(r"(\d{1,2})(?:[.,]0+)?")
CODE = re.compile(r"AO?0*(\d)", re.I)
NUMBER_FIRST = re.compile(r"[(\[]?(\d)[)\]]?\s*(?:[-–—:.=]|/\s*5)?\s*(.*)")
NUMBER_LAST = re.compile(r"(.+?)\s*[(\[]?(\d)[)\]]?")


def labels_of(question):
    """{key of a label: answer} of a matrix's scale, of choices, or of the ends of a rating, in every language."""
    if question.kind in ("single_choice", "several_choices"):
        codes = {key(option.code): option.code for option in question.options}
        return codes | {key(text): option.code for option in question.options for _l, text in option.text.texts}
    if question.kind == "rating":
        ends = ((0, question.lowest), (10, question.highest))
        return {key(text): value for value, label in ends if label for _language, text in label.texts}
    if question.kind == "number":
        return {}
    scale = question.scale
    known = USUAL if scale.measures == AGREEMENT else {value: USUAL[value] for value in (DONT_KNOW, NOT_APPLICABLE)}
    usual = {key(text): value for value, texts in known.items() for text in texts.split("|")}
    offered = zip(scale.values.values(), [*scale.points, scale.dont_know, scale.not_applicable], strict=True)
    return usual | {key(text): value for value, label in offered if label for _language, text in label.texts}


def understand(text, question, labels):
    """The answer that a cell's text means, or None where it cannot be told. A number and a label must agree."""
    text = tidy(text)
    if question.kind == "several_choices":
        return _several(text, question, labels)
    if key(text) in labels:
        return labels[key(text)]
    if question.kind == "single_choice":
        return None
    if question.kind in ("rating", "number"):
        return _number(text, question)
    return _on_scale(text, question.scale, labels)


def _on_scale(text, scale, labels):
    for pattern in (NUMBER, CODE):
        if found := pattern.fullmatch(text):
            return _point(found[1], scale)
    if (found := NUMBER_FIRST.fullmatch(text)) and (not found[2] or key(found[2])):
        return _agreed(found[1], found[2], scale, labels)
    if found := NUMBER_LAST.fullmatch(text):
        return _agreed(found[2], found[1], scale, labels)
    return None


def _number(text, question):
    """A number that the question takes; "7/10" is 7 on a rating."""
    if question.kind == "rating":
        text = OF_TEN.sub("", text)
    number = number_in(text, getattr(question, "decimals", 0))
    return number if number is not None and question.accepts(number) else None


def _several(text, question, labels):
    """The choices that stand in one cell, separated in one of three ways; a label may hold the separator itself."""
    for separator in (";", "|", ","):
        chosen = _labels_in(text.split(separator), separator, labels)
        if chosen is not None:
            return chosen_of(chosen, question)
    return None


def _labels_in(parts, separator, labels):
    chosen = []
    while parts:
        # As many parts together as give a label.
        for length in range(len(parts), 0, -1):
            if option := labels.get(key(separator.join(parts[:length]))):
                chosen.append(option)
                parts = parts[length:]
                break
        else:
            return None
    return chosen


def chosen_of(options, question):
    """The answer that these choices make together, or None where the question does not take them so."""
    answer = [code for code in question.offered if code in options]
    return answer if question.accepts(answer) else None


def is_chosen(text, option):
    """Whether a cell of a choice's own column says that it was chosen, None where it cannot be told. Blank says that it was not."""
    mine = {key(option.code), *(key(label) for _language, label in option.text.texts)}
    if not text or key(text) in NOT_CHOSEN:
        return False
    return True if key(text) in CHOSEN | mine else None


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
    if question.kind in ("matrix", "rating"):
        values = question.scale.values if question.kind == "matrix" else question.values
        return values.get(value)
    if question.kind == "several_choices":
        return chosen_of([value], question)
    return value if question.accepts(value) else None
