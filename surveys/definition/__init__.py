"""What an instrument version asks, compiled: its structure, reading and writing it, and the answers it accepts. Pure."""

from surveys.definition.answers import AnswersError, Page, answered, check_answers, parse_answers
from surveys.definition.length import minutes
from surveys.definition.narrowing import only
from surveys.definition.nouns import (
    DONT_KNOW,
    LONGEST_TEXT,
    NOT_APPLICABLE,
    Definition,
    Item,
    LongText,
    Matrix,
    Option,
    Scale,
    Section,
    SingleChoice,
)
from surveys.definition.reading import SHIPPED, DefinitionError, digest, load_shipped, parse, to_json

__all__ = [
    "DONT_KNOW",
    "LONGEST_TEXT",
    "NOT_APPLICABLE",
    "SHIPPED",
    "AnswersError",
    "Definition",
    "DefinitionError",
    "Item",
    "LongText",
    "Matrix",
    "Option",
    "Page",
    "Scale",
    "Section",
    "SingleChoice",
    "answered",
    "check_answers",
    "digest",
    "load_shipped",
    "minutes",
    "only",
    "parse",
    "parse_answers",
    "to_json",
]
