"""What a questionnaire lets people say in their own words: its open questions, and the lines beside "other: …"."""

from dataclasses import dataclass

from core.wording import Wording
from surveys.definition.nouns import OtherText, Question


@dataclass(frozen=True)
class OpenText:
    """A place for words of one's own. `other`: the choice beside which they stand, None for an open question."""

    code: str
    question: Question
    other: Wording | None = None

    @property
    def label(self):
        """What was asked, in the active language."""
        return f"{self.question.text} – {self.other}" if self.other else str(self.question.text)

    @property
    def indicators(self):
        """The indicators that the words speak of."""
        return () if self.other else getattr(self.question, "indicators", ())


def open_texts(definition):
    """Every OpenText of a Definition, in order."""
    return tuple(_of(definition))


def _of(definition):
    for question in definition.questions:
        if question.is_open:
            yield OpenText(question.code, question)
        elif isinstance(question.other, OtherText):
            yield OpenText(question.other.code, question, question.other.text)
