"""What is read of the log's rows before anything is counted. Keys stand for people, organisations and sectors."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Attended:
    """A line of the roll. `sector` and `organisation` are those of that day; guests hold no seat."""

    contact: int
    organisation: int | None
    sector: int | None
    holds_seat: bool
    took_part: bool
    engagement: int | None


@dataclass(frozen=True)
class HeldMeeting:
    """A meeting that took place. `agenda`: for each item whether it is marked strategic."""

    day: datetime.date
    is_of_committee: bool
    roll: tuple
    agenda: tuple


@dataclass(frozen=True)
class CommitmentFacts:
    """`state` is one of the states of a commitment: made, kept, partly, not_kept, released."""

    organisation: int
    made_on: datetime.date
    due_on: datetime.date | None
    settled_on: datetime.date | None
    state: str

    @property
    def counts_on(self):
        """The day by which it is counted: when it was due; without such a day, when it was settled."""
        return self.due_on or self.settled_on


@dataclass(frozen=True)
class EvidenceFacts:
    """A sourced entry. `kind` is a key of `indicators.catalogue.LOGS`; partners and target audiences by key. The number of
    people lies between two numbers, both None where nobody knows."""

    kind: str
    day: datetime.date
    partners: tuple = ()
    target_audiences: tuple = ()
    people_least: int | None = None
    people_most: int | None = None


@dataclass(frozen=True)
class PolicyFacts:
    """A policy item: (day, stage, alignment) of each stage it reached, in the order in which they stood."""

    stages: tuple

    def standing(self, day):
        """(stage, alignment) on a day; None before the first one."""
        return next(((stage, alignment) for on, stage, alignment in reversed(self.stages) if on <= day), None)


@dataclass(frozen=True)
class TermedSeat:
    """A seat of the steering committee, and from when until when it is one."""

    sector: int | None
    lived_experience: bool
    is_held: bool
    starts_on: datetime.date | None
    ends_on: datetime.date | None

    def is_open(self, day):
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True)
class LogFacts:
    """`decisions`: (raised on, needed by, decided on) of the steering committee. `policy_contacts`: the days of activities
    of the function policy, `spoken_with`: (day, key of a target audience) of those that name some, of `target_audiences`.
    `achievements`: (day, keys of partners) of activities that spread what partners achieved. `resources`: of
    `backbone.money`. `wanted`: the committee's mix, {sector: seats}; `wanted_sectors`: {sector: name} of every group's.
    """

    meetings: tuple = ()
    decisions: tuple = ()
    policy_contacts: tuple = ()
    spoken_with: tuple = ()
    target_audiences: int = 0
    evidence: tuple = ()
    achievements: tuple = ()
    policies: tuple = ()
    resources: tuple = ()
    commitments: tuple = ()
    seats: tuple = ()
    wanted: dict = None
    wanted_lived_experience: int = 0
    wanted_sectors: dict = None

    @property
    def days(self):
        """Every day on which something was logged that is counted."""
        yield from (meeting.day for meeting in self.meetings)
        yield from (day for dates in self.decisions for day in dates if day)
        yield from self.policy_contacts
        yield from (entry.day for entry in self.evidence)
        yield from (day for day, _partners in self.achievements)
        yield from (stage[0] for policy in self.policies for stage in policy.stages)
        for resource in self.resources:
            days = (resource.asked_on, resource.pledged_on, resource.received_on, resource.fell_through_on)
            yield from (day for day in days if day)
        yield from (c.made_on for c in self.commitments)
        yield from (c.counts_on for c in self.commitments if c.counts_on)
