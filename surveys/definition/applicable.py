"""Which questions apply to one person. A question with `show_if` applies where the question it names applies and was
answered so; whoever chose something else was never asked."""

from surveys.definition.nouns import counted_codes


def applies(question, answers):
    """Whether a question is asked of somebody; `answers` holds those to questions that apply, and no others."""
    return question.show_if is None or question.show_if.is_met(answers)


def shown(definition, answers):
    """(questions that apply, answers to them), in order."""
    questions, given = [], {}
    for question in definition.questions:
        if applies(question, given):
            questions.append(question)
            given.update((code, answers[code]) for code in question.stored_codes if code in answers)
    return questions, given


def settled(definition, answers):
    """The answers as they become final: without those to questions that do not apply, and without a text beside "other"
    where something else was chosen."""
    questions, given = shown(definition, answers) if definition.has_conditions else (definition.questions, answers)
    orphans = {
        question.other.code
        for question in questions
        if question.other and question.other.code in given and not chose_other(question, given.get(question.code))
    }
    return {code: value for code, value in given.items() if code not in orphans} if orphans else given


def chose_other(question, answer):
    return answer == question.offered[-1] or (isinstance(answer, list) and question.offered[-1] in answer)


def applicable_codes(definition, answers):
    """The counted questions that apply to somebody who answered this."""
    if not definition.has_conditions:
        return definition.counted_codes
    questions, _given = shown(definition, answers)
    return tuple(code for question in questions for code in counted_codes(question))


def hidden_on(definition, section, answers):
    """Codes of the questions of a page that cannot apply, whatever is chosen on the page itself.

    `answers` are those of all pages; what was chosen on this one may still change.
    """
    if not section.has_conditions:
        return frozenset()
    own, hidden = set(section.codes), set()
    before = {code: value for code, value in answers.items() if code not in own}
    _questions, given = shown(definition, before)
    for question in section.questions:
        asked = question.show_if.code if question.show_if else None
        if asked in hidden or (asked is not None and asked not in own and not question.show_if.is_met(given)):
            hidden.add(question.code)
    return frozenset(hidden)


def nothing_to_ask(definition, section, answers):
    return len(hidden_on(definition, section, answers)) == len(section.questions)
