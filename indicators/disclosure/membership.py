"""Who belongs to which cell of a round, and the numbers by figure and cell that every rule asks for."""

import numpy as np

from .nouns import FAVOURABLE_FROM, NO_SECTOR
from .suppression import organisations_in

SECTOR, GROUP = "sector", "group"


class Membership:
    """Cells of a round: sectors (a partition; NO_SECTOR is a cell) first, then groups (they may overlap).

    `sectors`: an index into `sector_labels` per respondent, -1 = no sector. `groups`: label -> boolean per respondent.
    """

    def __init__(self, organisations, sectors, sector_labels, groups):
        self.organisations = np.asarray(organisations)
        sectors = np.asarray(sectors)
        labels = list(enumerate(sector_labels)) + ([(-1, NO_SECTOR)] if (sectors == -1).any() else [])
        self.keys = [(SECTOR, label) for _, label in labels] + [(GROUP, label) for label in groups]
        masks = [sectors == index for index, _ in labels] + [np.asarray(mask, dtype=bool) for mask in groups.values()]
        self.masks = np.array(masks, dtype=bool).reshape(len(self.keys), len(self.organisations))
        self._largest_known = {}
        self.sectors, self.groups = range(len(labels)), range(len(labels), len(self.keys))

    def tabulate(self, scores):
        """`scores`: figures x respondents. Returns present, favourable (boolean) and n, counts by figure and cell."""
        present = ~np.isnan(scores)
        favourable = np.greater_equal(scores, FAVOURABLE_FROM, where=present, out=np.zeros_like(present))
        return present, favourable, self._by_cell(present), self._by_cell(favourable)

    def _by_cell(self, rows):
        """How many of each row are in each cell. In bits: the threads of a matrix product stall where cores are busy."""
        rows, cells = np.packbits(rows, axis=1), np.packbits(self.masks, axis=1)
        return np.bitwise_count(rows[:, None] & cells[None, :]).sum(axis=2, dtype=int)

    def has_organisations(self, members, wanted, size=None, cell=None):
        """Whether the respondents in the mask come from at least `wanted` organisations.

        `size` and `cell` save counting: more people than the cell's largest `wanted` - 1 organisations have are enough.
        """
        if size is not None and size > self._largest(cell, wanted):
            return True
        return organisations_in(self.organisations, members) >= wanted

    def _largest(self, cell, wanted):
        """How many people of `cell` (None = everybody) its largest `wanted` - 1 organisations have."""
        if (cell, wanted) not in self._largest_known:
            inside = self.organisations if cell is None else self.organisations[self.masks[cell]]
            people = np.sort(np.unique(inside, return_counts=True)[1])[::-1]
            self._largest_known[cell, wanted] = int(people[: wanted - 1].sum())
        return self._largest_known[cell, wanted]

    def organisations_of(self, present):
        """A function: how many organisations those present in several cells come from together."""
        return lambda cells: organisations_in(self.organisations, present & self.masks[list(cells)].any(axis=0))
