"""A questionnaire cut down to what an earlier survey asked of it."""

from dataclasses import replace


def only(definition, codes):
    """The Definition with the items and questions of these codes alone, in their order; empty sections are gone."""
    codes = frozenset(codes)
    sections = (replace(section, questions=_questions(section, codes)) for section in definition.sections)
    return replace(definition, sections=tuple(section for section in sections if section.questions))


def _questions(section, codes):
    kept = (_cut(question, codes) for question in section.questions)
    return tuple(question for question in kept if question.codes and codes.issuperset(question.codes))


def _cut(question, codes):
    # Nobody knows who would have been asked, where what it depends on was not asked.
    if question.show_if and question.show_if.code not in codes:
        question = replace(question, show_if=None)
    if question.kind != "matrix":
        return question
    return replace(question, items=tuple(item for item in question.items if item.code in codes))
