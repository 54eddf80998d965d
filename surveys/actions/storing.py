"""The statements that store answers. Each does all of its work or none: what came first elsewhere is never written over.

Raw SQL, because they run once for every page that anybody sends, in the hour after the mails went out: the ORM takes longer
to write one than a database to carry it out. No reader of the answers is here: only who sends them passes.
"""

from django.db import connection, transaction

from core.statements import changed_rows
from surveys.models import Invitation, Round
from surveys.queries.answering import MAY_ANSWER

# Of an invitation whose answers are taken. Its state is a column of the row itself, which PostgreSQL looks at again after
# it waited for somebody else's submit; what a subquery found out would stay as it was before.
OPEN = f"""state IN ({", ".join(f"'{state}'" for state in MAY_ANSWER)})
  AND EXISTS (SELECT 1 FROM surveys_round r WHERE r.id = round_id AND r.state = '{Round.State.OPEN}')"""  # noqa: S608
FIRST_PAGE = """INSERT INTO surveys_response (invitation_id, round_id, answers, language, saved_at)
  VALUES (%s, %s, %s, %s, %s) ON CONFLICT (invitation_id) DO NOTHING"""
NEXT_PAGE = """UPDATE surveys_response SET answers = %s, language = %s, saved_at = %s
  WHERE invitation_id = %s AND saved_at = %s AND submitted_at IS NULL"""
CLAIM = f"UPDATE surveys_invitation SET state = '{Invitation.State.FINISHED}' WHERE id = %s AND {OPEN}"  # noqa: S608
FIRST_AND_FINAL = """INSERT INTO surveys_response (answers, language, saved_at, submitted_at, invitation_id, round_id)
  VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (invitation_id) DO NOTHING"""
FINAL = """UPDATE surveys_response SET answers = %s, language = %s, saved_at = %s, submitted_at = %s
  WHERE invitation_id = %s AND saved_at = %s AND submitted_at IS NULL"""


def _at_once(store):
    """Hold the invitation, store, claim: one statement for PostgreSQL, planned once and committed in the same step."""
    return f"""WITH held AS (SELECT id, round_id FROM surveys_invitation WHERE id = %s AND {OPEN} FOR NO KEY UPDATE),
      stored AS ({store} RETURNING invitation_id)
      UPDATE surveys_invitation i SET state = '{Invitation.State.FINISHED}' FROM stored WHERE i.id = stored.invitation_id"""  # noqa: S608


FIRST_AND_FINAL_AT_ONCE = _at_once(
    FIRST_AND_FINAL.replace("VALUES (%s, %s, %s, %s, %s, %s)", "SELECT %s, %s, %s, %s, id, round_id FROM held")
)
FINAL_AT_ONCE = _at_once(FINAL.replace("invitation_id = %s", "invitation_id IN (SELECT id FROM held)"))


def write_draft(*, invitation, seen_at, answers, language, now):
    """Whether the page was written: not when anybody saved or submitted since `seen_at` (None: nothing was there)."""
    values = _values(answers, language, now)
    if seen_at is None:
        return changed_rows(FIRST_PAGE, invitation.pk, invitation.round_id, *values) == 1
    return changed_rows(NEXT_PAGE, *values, invitation.pk, *_moments(seen_at)) == 1


def write_final(*, invitation, seen_at, answers, language, now):
    """Whether the answers became final: not after another submit, outside an open round, or when the draft changed since
    `seen_at` (None: nothing was there)."""
    values = *_values(answers, language, now), *_moments(now)
    if connection.vendor == "postgresql" and seen_at is None:
        return changed_rows(FIRST_AND_FINAL_AT_ONCE, invitation.pk, *values) == 1
    if connection.vendor == "postgresql":
        return changed_rows(FINAL_AT_ONCE, invitation.pk, *values, *_moments(seen_at)) == 1
    # On SQLite one writer waits for the other before the first statement, so that two do the same.
    with transaction.atomic():
        stored = changed_rows(CLAIM, invitation.pk) and (
            changed_rows(FIRST_AND_FINAL, *values, invitation.pk, invitation.round_id)
            if seen_at is None
            else changed_rows(FINAL, *values, invitation.pk, *_moments(seen_at))
        )
        if not stored:
            transaction.set_rollback(True)
    return bool(stored)


def _values(answers, language, now):
    return connection.ops.adapt_json_value(answers, None), language, *_moments(now)


def _moments(*moments):
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(moment) for moment in moments]
