"""Several connections at once. Lanes are threads that only speak to the mail server; one thread beside them writes the books.

A lane reports how its last letter went and which letter it takes next, both in one event. While that is being written
down it already gets the next one as far as the server's "go ahead"; the text follows once the lane hears that the letter
is marked as in flight. So what a kill leaves uncertain is at most one letter per lane.
"""

import threading
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from surveys.mail.replies import Reply
from surveys.mail.transport import connect


@dataclass(frozen=True)
class Letter:
    """A mail on its way: the mailing's id, both addresses, and the whole mail as bytes."""

    mailing_id: int
    sender: str
    recipient: str
    content: bytes = field(repr=False)


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
        if not self.go.get():
            self.connection.close()
            return None
        return Outcome(letter, refusal or self.connection.deliver(letter.content))

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

    def wait(self, seconds):
        """The events that have come in; waits for the first at most `seconds`. Raises what a lane failed with."""
        found = []
        try:
            found.append(self.events.get(timeout=seconds))
            while True:
                found.append(self.events.get_nowait())
        except Empty:
            pass
        for event in found:
            if event.is_last:
                self.running.discard(event.lane)
            if event.error is not None:
                raise RuntimeError("A sending lane failed.") from event.error
        return found
