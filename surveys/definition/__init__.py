"""What an instrument version asks, compiled: its structure, reading and writing it, and the answers it accepts. Pure."""

from surveys.definition.answers import AnswersError, Page, answered, as_typed, check_answers, first_gap, parse_answers
from surveys.definition.applicable import applicable_codes, hidden_on, nothing_to_ask, settled
from surveys.definition.length import minutes
from surveys.definition.narrowing import only
from surveys.definition.nouns import (
    AGREEMENT,
    DONT_KNOW,
    LONGEST_TEXT,
    NOT_APPLICABLE,
    OTHER,
    Definition,
    Item,
    LongText,
    Matrix,
    Option,
    Scale,
    Section,
    SingleChoice,
)
from surveys.definition.own_words import OpenText, open_texts
from surveys.definition.questions import KINDS
from surveys.definition.reading import SHIPPED, DefinitionError, digest, load_shipped, parse, to_json
from surveys.definition.texts import Text, carried_over, progress, texts, translated, wordings

__all__ = [
    "AGREEMENT",
    "DONT_KNOW",
    "KINDS",
    "LONGEST_TEXT",
    "NOT_APPLICABLE",
    "OTHER",
    "SHIPPED",
    "AnswersError",
    "Definition",
    "DefinitionError",
    "Item",
    "LongText",
    "Matrix",
    "OpenText",
    "Option",
    "Page",
    "Scale",
    "Section",
    "SingleChoice",
    "Text",
    "answered",
    "applicable_codes",
    "as_typed",
    "carried_over",
    "check_answers",
    "digest",
    "first_gap",
    "hidden_on",
    "load_shipped",
    "minutes",
    "nothing_to_ask",
    "only",
    "open_texts",
    "parse",
    "parse_answers",
    "progress",
    "settled",
    "texts",
    "to_json",
    "translated",
    "wordings",
]
