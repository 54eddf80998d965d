"""How long answering takes, estimated from what there is to read and to decide."""

import math

WORDS_PER_MINUTE = 200
SECONDS_PER_CHOICE = 4
SECONDS_PER_TEXT = 60


def minutes(definition, language=None):
    """Whole minutes, rounded up, in `language` or in the language that takes longest.

    Reading at 200 words a minute, 4 seconds for each choice, one minute for each open text.
    """
    languages = [language] if language else definition.languages
    return max(math.ceil(_seconds(definition, each) / 60) for each in languages)


def _seconds(definition, language):
    words = sum(len(text.in_language(language).split()) for text in _read(definition))
    questions = definition.questions
    choices = sum(len(question.codes) for question in questions if question.kind != "long_text")
    return words * 60 / WORDS_PER_MINUTE + choices * SECONDS_PER_CHOICE + len(definition.texts()) * SECONDS_PER_TEXT


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
        elif question.kind == "single_choice":
            yield from (option.text for option in question.options)
