"""How long answering takes, estimated from what there is to read and to decide."""

import math

WORDS_PER_MINUTE = 200
SECONDS_PER_CHOICE = 4
SECONDS_PER_LINE = 15
SECONDS_PER_TEXT = 60


def minutes(definition, language=None):
    """Whole minutes, rounded up, in `language` or in the language that takes longest.

    Reading at 200 words a minute, 4 seconds for each choice and each place of a ranking, 15 for a number, a date or a line,
    one minute for each open text.
    """
    languages = [language] if language else definition.languages
    return max(math.ceil(_seconds(definition, each) / 60) for each in languages)


def _seconds(definition, language):
    words = sum(len(text.in_language(language).split()) for text in _read(definition))
    return words * 60 / WORDS_PER_MINUTE + sum(map(_seconds_to_decide, definition.questions))


def _seconds_to_decide(question):
    if question.kind == "long_text":
        return SECONDS_PER_TEXT
    if question.kind in ("number", "date", "short_text"):
        return SECONDS_PER_LINE
    return SECONDS_PER_CHOICE * (question.places if question.kind == "ranking" else len(question.codes))


def _read(definition):
    """Every text a respondent reads, the scale's labels once for each matrix."""
    yield from (definition.title, definition.introduction)
    for section in definition.sections:
        yield from (text for text in (section.title, section.introduction) if text)
    for question in definition.questions:
        yield from (text for text in (question.text, question.help) if text)
        if question.kind == "matrix":
            yield from (label for _value, label in question.scale.choices)
            yield from (item.text for item in question.items)
        elif question.kind in ("single_choice", "several_choices"):
            yield from question.labels
        elif question.kind == "ranking":
            yield from (option.text for option in question.options)
        elif question.kind == "rating":
            yield from (text for text in (question.lowest, question.highest) if text)
