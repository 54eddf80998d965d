"""Closing a round: from the claim to the published results of every breakdown, with change and disclosure control."""

import time

from bench import world
from bench.floors import closing as floor
from bench.report import Goal, Row, alternating
from indicators.models import Publication
from surveys.actions.closing import close_round
from surveys.models import Invitation, Response, Round

KNOWN = 92


def measure(stage):
    initiative = world.make_initiative("Bright Futures")
    contacts = world.make_contacts(initiative, stage.size(2000, least=200))
    _answered(initiative, contacts, seed=1, closed_days_ago=90, close=True)
    round = _answered(initiative, contacts, seed=2, closed_days_ago=1)
    kept = {"title": round.title, "closes_on": round.closes_on}

    def ours():
        """Milliseconds; then the round is opened again for the next run."""
        began = time.perf_counter()
        closed = close_round(round_id=round.pk)
        spent = (time.perf_counter() - began) * 1000
        assert closed, "the round was not closed"
        written.append(Publication.objects.filter(title=kept["title"]).count())
        results.append(Publication.objects.filter(title=kept["title"], reader_level="inside").get().results.count())
        Round.objects.filter(pk=round.pk).update(
            state=Round.State.OPEN, publication=None, public_publication=None, closed_at=None, claimed_at=None
        )
        Publication.objects.filter(title=kept["title"]).delete()
        return spent

    written, results = [], []
    with stage.connect() as connection:
        floor.fill(connection, _answer_rows(round))
        floor.milliseconds(connection)
        ours()
        measured = alternating(ours, lambda: floor.milliseconds(connection))
    answers = sum(len(answers) for answers in round.responses.values_list("answers", flat=True))
    note = (
        f"{len(contacts)} responses, {answers} answers, {world.SECTORS + world.GROUPS} cells, a round to compare with; "
        f"{results[-1]} results for members"
    )
    known = KNOWN if len(contacts) == 2000 else None
    yield Row(
        "closing", "ms", *measured, Goal(most=5), known, note, sound=set(written) == {2} and len(set(results)) == 1
    )


def _answered(initiative, contacts, *, seed, closed_days_ago, close=False):
    round = world.make_round(initiative, closes_in_days=-closed_days_ago)
    Round.objects.filter(pk=round.pk).update(title=f"Round {seed}")
    round.refresh_from_db()
    invitations = world.invite(round, contacts, state=Invitation.State.FINISHED)
    world.respond(round, invitations, seed=seed)
    if close:
        assert close_round(round_id=round.pk), "the round to compare with was not closed"
    return round


def _answer_rows(round):
    found = Response.objects.filter(round=round).values_list("invitation_id", "invitation__cluster_name", "answers")
    for invitation, sector, answers in found:
        for item, value in answers.items():
            if not isinstance(value, str):
                yield invitation, item, sector, value
            elif value in ("dk", "na"):
                yield invitation, item, sector, None
