"""Nothing that is stored, logged or mailed joins an answer of an anonymous round to a person; in a confidential one the same
attempt finds nearly everybody, or it would be blind."""

import logging
import secrets
from collections import Counter

import pytest
from celery import current_app

from indicators.actions import publications
from indicators.models import ReleasedTexts
from surveys.actions import pooling
from surveys.models import AnonymousResponse, AnswerPool, Response, Round
from tests.security.anonymous_rounds import RunningRound
from tests.security.joining import attempts, chance, copy_of, shared_store

pytestmark = pytest.mark.django_db(transaction=True)
logger = logging.getLogger(__name__)
ASKED, ANSWERING, SEEDS = 60, 48, 3


@pytest.fixture
def run(sink, caplog, monkeypatch):
    """Run a round of a mode until `half`, or to its end; returns what a thief copies then, and who answered."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="factory")
    # Messages really lie in the broker, as there is no worker.
    queue = f"test-{secrets.token_hex(6)}"
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    monkeypatch.setitem(current_app.conf, "task_default_queue", queue)

    def go(mode, *, half=False, release=False, **fields):
        go.seeds.append(secrets.randbits(32))
        sink.taken.clear()
        caplog.clear()
        logger.info("What a round writes into the log follows, if anything.")
        running = RunningRound(mode=mode, number=ASKED, seed=go.seeds[-1], **fields)
        running.let_answer(ANSWERING // 2)
        running.next_day()
        running.remind()
        running.let_answer(ANSWERING // 4 if half else ANSWERING // 2)
        if not half:
            running.end()
        if release:
            running.release_texts()
        return copy_of(sink.taken, caplog.records), running.people

    go.seeds = []
    yield go
    shared_store().delete(queue, f"_kombu.binding.{queue}")


def best(found, kind):
    return max((right for (of, *_rest), right in found.items() if of == kind), default=0)


def test_nothing_joins_answer_and_person_of_an_anonymous_round(run):
    right = Counter()
    for _seed in range(SEEDS):
        copy, people = run(Round.Mode.ANONYMOUS)
        found = attempts(copy, people)
        assert len(found) > 500
        right.update(found)
    bound = chance(SEEDS, len(right))
    assert bound < SEEDS * ANSWERING / 5
    assert {attempt: number for attempt, number in right.items() if number >= bound} == {}, run.seeds


def test_the_same_attempt_joins_a_confidential_round(run):
    copy, people = run(Round.Mode.CONFIDENTIAL, thanks=Round.Thanks.SUBMIT)
    found = attempts(copy, people)
    right = {kind: best(found, kind) / len(people) for kind in ("id", "order", "time", "language", "mail")}
    assert {kind: share for kind, share in right.items() if share < 0.95} == {}, run.seeds
    # Some wrote as much as others.
    assert best(found, "size") >= 0.8 * len(people), run.seeds


def test_while_it_is_open_an_anonymous_answer_can_be_read_nowhere(run):
    copy, people = run(Round.Mode.ANONYMOUS, half=True)
    assert attempts(copy, people) == {}
    assert [where for where, text in copy.texts.items() if "said-" in text] == []
    assert [copy.texts[where] != "" for where in ("rows", "shared store", "mails", "log")] == [True] * 4
    assert (Response.objects.count(), AnonymousResponse.objects.count(), AnswerPool.objects.count()) == (0, 0, 1)


def test_the_same_copy_of_an_open_confidential_round_joins_it(run):
    copy, people = run(Round.Mode.CONFIDENTIAL, half=True)
    assert best(attempts(copy, people), "id") == len(people)
    assert "said-" in copy.texts["rows"]


def test_answers_stored_as_they_came_would_be_joined(run, monkeypatch):
    monkeypatch.setattr(
        pooling.secrets, "SystemRandom", lambda: type("Unmixed", (), {"shuffle": lambda self, x: None})()
    )
    copy, people = run(Round.Mode.ANONYMOUS, longest=20)  # long rows would lie where there is room
    assert best(attempts(copy, people), "order") == len(people)


@pytest.mark.parametrize("mode", [Round.Mode.ANONYMOUS, Round.Mode.CONFIDENTIAL])
def test_nothing_joins_a_released_text_and_its_writer_once_the_answers_are_gone(run, mode):
    """Until then they lie in the same database, in the same words."""
    right = Counter()
    for _seed in range(SEEDS):
        copy, people = run(mode, release=True)
        assert (Response.objects.count(), AnonymousResponse.objects.count()) == (0, 0)
        # Whoever wrote in a language in which few did is read by nobody.
        told = [person for person in people if person.secret in copy.texts["rows"]]
        assert len(told) >= ANSWERING * 0.7
        for code in ("gv1_recall", "comment"):
            found = attempts(copy, told, of=f"indicators_releasedtexts {code}")
            assert len(found) > 200
            right.update({(code, *attempt): number for attempt, number in found.items()})
        ReleasedTexts.objects.all().delete()
    bound = chance(SEEDS, len(right))
    assert bound < SEEDS * ANSWERING / 5
    assert {attempt: number for attempt, number in right.items() if number >= bound} == {}, run.seeds


def test_texts_released_in_the_order_of_their_answers_would_be_joined(run, monkeypatch):
    """The attempt is not blind to a list: one that is left as the answers lie gives everybody away."""
    monkeypatch.setattr(
        publications.secrets, "SystemRandom", lambda: type("Unmixed", (), {"shuffle": lambda self, x: None})()
    )
    monkeypatch.setattr("surveys.queries.texts.key_of", counting())
    copy, people = run(Round.Mode.CONFIDENTIAL, release=True)
    told = [person for person in people if person.secret in copy.texts["rows"]]
    assert best(attempts(copy, told, of="indicators_releasedtexts comment"), "order") == len(told)


def counting():
    """Keys in the order in which texts are first met, instead of made from their words."""
    seen = {}
    return lambda round_id, code, text: f"{seen.setdefault((round_id, code, text), len(seen)):08}"
