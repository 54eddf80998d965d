"""Closed rounds in which people wrote in their own words, and what staff do with that."""

import secrets

from surveys import definition
from surveys.actions import texts as actions
from surveys.actions.closing import close_round
from surveys.models import InstrumentVersion, Round
from surveys.queries.texts import open_text, review_of
from tests.surveys.closing_rounds import Roster, agrees, open_round, small_definition, words
from tests.surveys.factories import InstrumentFactory, InstrumentVersionFactory

COMMENT = {"kind": "long_text", "code": "comment", "text": words("What else?"), "indicators": ["GV1"]}
RECALL = {"kind": "short_text", "code": "recall", "text": words("What for?")}
CHOICE = {
    "kind": "single_choice",
    "code": "since",
    "text": words("Since when?"),
    "options": [{"code": "old", "text": words("Long")}],
    "other": words("Other:"),
}


def version_with_texts(initiative, *, lineage=""):
    """A version of an instrument of its own, or the one version of the instrument `lineage`."""
    if lineage and (found := InstrumentVersion.objects.filter(instrument__initiative=initiative).first()):
        return found
    content = small_definition()
    content["sections"][0]["questions"] += [COMMENT, RECALL, CHOICE]
    document = definition.parse(content)
    instrument = InstrumentFactory(initiative=initiative, code=lineage or f"texts-{secrets.token_hex(3)}")
    return InstrumentVersionFactory(
        instrument=instrument, definition=definition.to_json(document), digest=definition.digest(document)
    )


def answered(initiative, said, *, people=12, per_organisation=1, **fields):
    """A round that is over: `said` are texts on `comment`, or answers, of the first people; everybody answered the rest."""
    answers = agrees(people // 2, people)
    for place, text in enumerate(said):
        answers[place] = answers[place] | (text if isinstance(text, dict) else {"comment": text})
    name = secrets.token_hex(3)
    people = [(f"{name} {place // per_organisation}", "", ()) for place in range(people)]
    return open_round(
        Roster(initiative, people), answers, version=version_with_texts(initiative), threshold=5, **fields
    )


def closed(initiative, said, **fields):
    round = answered(initiative, said, **fields)
    assert close_round(round_id=round.pk)
    return Round.objects.get(pk=round.pk)


def numbered(number):
    return [f"Words of person {n}, about Maria." for n in range(number)]


def review(round, code="comment"):
    return review_of(round, open_text(round, code))


def change(round, *edits, code="comment"):
    """Changes as a page would send them: (original, text, reason)."""
    entries = {entry.original: entry for entry in review(round, code).entries}
    return [actions.Change(entries[o].key, entries[o].seen, text, reason) for o, text, reason in edits]


def redact(round, *edits, by=None, code="comment"):
    actions.redact(round=round, asked=open_text(round, code), changes=change(round, *edits, code=code), by=by)


def release(round, code="comment", by=None, digest=None):
    digest = digest or review(round, code).digest
    return actions.release(round=round, asked=open_text(round, code), digest=digest, by=by)
