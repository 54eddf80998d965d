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
FINAL = """ON CONFLICT (invitation_id) DO UPDATE SET answers = excluded.answers, language = excluded.language,
  saved_at = excluded.saved_at, submitted_at = excluded.submitted_at
  WHERE surveys_response.saved_at = %s AND surveys_response.submitted_at IS NULL"""
# PostgreSQL holds the invitation, stores and claims in one statement, so that it is read, planned and committed once.
SUBMIT = f"""WITH held AS (SELECT id, round_id FROM surveys_invitation WHERE id = %s AND {OPEN} FOR NO KEY UPDATE),
  stored AS (INSERT INTO surveys_response (invitation_id, round_id, answers, language, saved_at, submitted_at)
    SELECT id, round_id, %s, %s, %s, %s FROM held {FINAL} RETURNING invitation_id)
  UPDATE surveys_invitation i SET state = '{Invitation.State.FINISHED}' FROM stored WHERE i.id = stored.invitation_id"""  # noqa: S608
# The same in two for SQLite, where one writer waits for the other before the first of them.
CLAIM = f"UPDATE surveys_invitation SET state = '{Invitation.State.FINISHED}' WHERE id = %s AND {OPEN}"  # noqa: S608
STORE = f"""INSERT INTO surveys_response (invitation_id, round_id, answers, language, saved_at, submitted_at)
  VALUES (%s, %s, %s, %s, %s, %s) {FINAL}"""  # noqa: S608


def write_draft(*, invitation, seen_at, answers, language, now):
    """Whether the page was written: not when anybody saved or submitted since `seen_at` (None: nothing was there)."""
    values = connection.ops.adapt_json_value(answers, None), language, _moment(now)
    if seen_at is None:
        return changed_rows(FIRST_PAGE, invitation.pk, invitation.round_id, *values) == 1
    return changed_rows(NEXT_PAGE, *values, invitation.pk, _moment(seen_at)) == 1


def write_final(*, invitation, seen_at, answers, language, now):
    """Whether the answers became final: not after another submit, outside an open round, or when the draft changed since
    `seen_at` (None: nothing was there)."""
    values = connection.ops.adapt_json_value(answers, None), language, _moment(now), _moment(now), _moment(seen_at)
    if connection.vendor == "postgresql":
        return changed_rows(SUBMIT, invitation.pk, *values) == 1
    with transaction.atomic():
        stored = changed_rows(CLAIM, invitation.pk) and changed_rows(STORE, invitation.pk, invitation.round_id, *values)
        if not stored:
            transaction.set_rollback(True)
    return bool(stored)


def _moment(moment):
    return connection.ops.adapt_datetimefield_value(moment)
