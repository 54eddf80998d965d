"""A questionnaire with every kind of question, read from the file beside, and a round that asks it."""

import copy
import tomllib
from pathlib import Path

from surveys import definition
from surveys.tokens import survey_token
from tests.surveys.factories import InvitationFactory

VALUES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FILE = "all_kinds.toml"
# What somebody may send on each page, as a browser does, and what is kept of it.
SENT = [
    {"since": "old", "topics": ["health", "reading"], "gv1_a": "4", "gv1_b": "dk"},
    {
        "meet_all": "4",
        "meet_two": "na",
        "sa3_often": "5",
        "talk_home": "1",
        "recommend": "10",
        "order-trust": "1",
        "order-money": "3",
        "order-time": "2",
        "order-data": "",
        "people": "1 200",
        "hours": "3,5",
        "joined": "2024-02-29",
    },
    {},
    {"comment": "Thank you."},
]
KEPT = {
    "since": "old",
    "topics": ["reading", "health"],
    "gv1_a": 4,
    "gv1_b": "dk",
    "meet_all": 4,
    "meet_two": "na",
    "sa3_often": 5,
    "talk_home": 1,
    "recommend": 10,
    "order": {"trust": 1, "time": 2, "money": 3},
    "people": 1200,
    "hours": 3.5,
    "joined": "2024-02-29",
    "comment": "Thank you.",
}


def values(**changes):
    """A copy of the file's values; `changes` by code of a question: {"people": {"minimum": 2}}."""
    copied = copy.deepcopy(VALUES)
    for section in copied["sections"]:
        for question in section["questions"]:
            question |= changes.get(question["code"], {})
    return copied


def all_kinds():
    return definition.parse(VALUES, file=FILE)


def invitation_to_all_kinds(**fields):
    document = all_kinds()
    return InvitationFactory(
        round__instrument_version__definition=definition.to_json(document),
        round__instrument_version__digest=definition.digest(document),
        **fields,
    )


def link_of(invitation, rest=""):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"
