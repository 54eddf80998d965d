"""Seats held against the mix that a committee or group wants, by sector and for lived experience. No database, no clock."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatFacts:
    """One seat that is there: `sector` is the key of its sector, None for none."""

    sector: int | None
    lived_experience: bool
    is_held: bool


@dataclass(frozen=True)
class MixLine:
    """A sector, or lived experience: how many seats are wanted, held, and there without anybody on them."""

    wanted: int
    held: int
    vacant: int

    @property
    def filled(self):
        """Wanted seats with somebody on them: those beyond what is wanted make up for nothing."""
        return min(self.wanted, self.held)

    @property
    def missing(self):
        return self.wanted - self.filled


@dataclass(frozen=True)
class Mix:
    """`sectors`: {key: MixLine} of every sector that is wanted or has a seat, None for seats without one."""

    sectors: dict
    lived_experience: MixLine

    @property
    def lines(self):
        return [*self.sectors.values(), self.lived_experience]

    @property
    def wanted(self):
        return sum(line.wanted for line in self.lines)

    @property
    def filled(self):
        return sum(line.filled for line in self.lines)


def mix_of(seats, wanted, wanted_lived_experience=0):
    """The `Mix` of these `SeatFacts`; `wanted` is {key of sector: seats}. A seat counts for its sector, and for lived
    experience too where it is made for that."""
    seats = list(seats)
    keys = [*wanted, *(seat.sector for seat in seats)]
    sectors = {
        key: _line(wanted.get(key, 0), [seat for seat in seats if seat.sector == key]) for key in dict.fromkeys(keys)
    }
    return Mix(sectors, _line(wanted_lived_experience, [seat for seat in seats if seat.lived_experience]))


def _line(wanted, seats):
    held = sum(seat.is_held for seat in seats)
    return MixLine(wanted, held, len(seats) - held)
