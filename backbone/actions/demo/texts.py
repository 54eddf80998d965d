"""What the demo's backbone made of the texts of a round: one question was redacted and released, the others wait."""

import datetime

from backbone.actions.demo.past import happening
from backbone.demo import story
from surveys.actions import texts
from surveys.queries.texts import open_text, review_of

# So many days after the round had closed.
READ_AFTER = datetime.timedelta(days=9)


def release_texts(*, round, code, by):
    """Redact what people wrote to one question as rounds.toml says, and release it."""
    asked = open_text(round, code)
    with happening(initiative=round.initiative, day=round.closes_on + READ_AFTER):
        changes = [_change(entry) for entry in review_of(round, asked).entries]
        texts.redact(round=round, asked=asked, changes=changes, by=by)
        texts.release(round=round, asked=asked, digest=review_of(round, asked).digest, by=by)


def _change(entry):
    told = story.read("rounds")
    shown = told["redactions"].get(entry.original, entry.original)
    return texts.Change(entry.key, entry.seen, shown, told["left_out"].get(entry.original, ""))
