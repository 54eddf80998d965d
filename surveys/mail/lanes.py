"""Several connections at once. Lanes are threads that only speak to the mail server; one thread beside them writes the books.

A lane reports how its last letter went and which letter it takes next, both in one event. While that is being written
down it already gets the next one as far as the server's "go ahead" and writes its text; the text follows once the lane
hears that the letter is marked as in flight. So what a kill leaves uncertain is at most one letter per lane.

Each time something is written down the disk has to say that it holds it. So the books wait a moment for lanes that are
about to report, and one such writing carries what several lanes did.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from surveys.mail.replies import Reply
from surveys.mail.transport import connect


@dataclass(frozen=True)
class Letter:
    """A mail on its way: the mailing's id, both addresses, and what writes the whole mail as bytes, called in a lane."""

    mailing_id: int
    sender: str
    recipient: str
    write: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    letter: Letter
    reply: Reply


@dataclass(frozen=True)
class Event:
    """`outcome` of the last letter and the `letter` taken next (each may be None); `is_last` when the lane has ended."""

    lane: "Lane"
    outcome: Outcome | None = None
    letter: Letter | None = None
    is_last: bool = False
    error: BaseException | None = None


class Lane(threading.Thread):
    def __init__(self, ready, events):
        super().__init__(daemon=True)
        self.ready, self.events = ready, events
        # True: the letter is marked as in flight, send it. False: it is no longer ours.
        self.go = SimpleQueue()
        self.connection = connect()

    def run(self):
        outcome, error = None, None
        try:
            outcome = self._carry_all()
            self.connection.leave()
        except BaseException as caught:
            error = caught
            self.connection.close()
        self.events.put(Event(self, outcome, is_last=True, error=error))

    def _carry_all(self):
        """Letter after letter until None comes. Where no connection is to be had, returns the outcome that says so."""
        outcome = None
        while True:
            letter, outcome = self._take(outcome)
            if letter is None:
                return outcome
            # Before the letter is marked as in flight, so that each letter in flight has a connection of its own.
            if not self.connection.is_open and (trouble := self.connection.open()) is not None:
                self._report(outcome)
                return Outcome(letter, trouble)
            self.events.put(Event(self, outcome, letter))
            outcome = self._carry(letter)
            if outcome is not None and outcome.reply.is_about_opening:
                return outcome

    def _take(self, outcome):
        """The next letter, or None to end. `outcome` comes back, or None where it was reported because of a wait."""
        if self.connection.is_open:
            try:
                return self.ready.get_nowait(), outcome
            except Empty:
                pass
        self._report(outcome)
        return self.ready.get(), None

    def _report(self, outcome):
        if outcome is not None:
            self.events.put(Event(self, outcome))

    def _carry(self, letter):
        refusal = self._offer(letter)
        content = letter.write()
        if not self.go.get():
            self.connection.close()
            return None
        return Outcome(letter, refusal or self.connection.deliver(content))

    def _offer(self, letter):
        """As far as "go ahead"; a kept connection that the server has closed meanwhile is replaced once."""
        was_open = self.connection.is_open
        refusal = self._offer_once(letter)
        if refusal is not None and was_open and refusal.code in (0, 421):
            refusal = self._offer_once(letter)
        return refusal

    def _offer_once(self, letter):
        if not self.connection.is_open and (trouble := self.connection.open()) is not None:
            return trouble
        return self.connection.offer(letter.sender, letter.recipient)


class Lanes:
    """`count` lanes fed from one queue. Leaving the context ends them without sending anything more."""

    def __init__(self, count):
        self.ready, self.events = SimpleQueue(), SimpleQueue()
        self.lanes = [Lane(self.ready, self.events) for _ in range(count)]
        self.running = set(self.lanes)
        # Those that were told to go on and have not reported since.
        self.busy = set()

    def __enter__(self):
        for lane in self.lanes:
            lane.start()
        return self

    def __exit__(self, *error):
        self.take_back()
        for lane in self.running:
            lane.go.put(False)
            self.ready.put(None)
        for lane in self.lanes:
            lane.join(timeout=5)

    def hand_out(self, letters):
        for letter in letters:
            self.ready.put(letter)

    def take_back(self):
        """The letters that no lane has taken yet."""
        letters = []
        while True:
            try:
                letters.append(self.ready.get_nowait())
            except Empty:
                return letters

    def let_go(self, lane, *, is_ours):
        """Tell a lane whether its letter is marked as in flight, so that it may be sent."""
        if is_ours:
            self.busy.add(lane)
        lane.go.put(is_ours)

    def wait(self, seconds, patience=0.0):
        """The events that have come in; waits for the first at most `seconds`, and from then on at most `patience` for
        lanes that are busy. Raises what a lane failed with.
        """
        found = []
        try:
            found.append(self._next_event(seconds))
            until = time.monotonic() + patience
            while True:
                found.append(self._next_event(until - time.monotonic() if self.busy else 0))
        except Empty:
            return found

    def _next_event(self, seconds):
        event = self.events.get(timeout=seconds) if seconds > 0 else self.events.get_nowait()
        self.busy.discard(event.lane)
        if event.is_last:
            self.running.discard(event.lane)
        if event.error is not None:
            raise RuntimeError("A sending lane failed.") from event.error
        return event
