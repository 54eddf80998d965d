"""Before sending: which sectors to merge so that answers can be shown, and what nobody will see.

Everywhere a sector is a list of people invited by organisation: {"Health": [3, 1]} is four people of two
organisations. `response_rate` is the share expected to answer, between 0 and 1.
"""

from dataclasses import dataclass

from .suppression import complement, meets_threshold

MOST_SECTORS_TRIED_EXACTLY = 10


@dataclass(frozen=True)
class Cluster:
    """Sectors shown as one cell. The name is a proposal; people give it a better one."""

    name: str
    sectors: tuple


@dataclass(frozen=True)
class Forecast:
    """What the expected response will show: the whole round or not, and which cells."""

    total_shown: bool
    shown: tuple
    hidden: tuple


def expected_respondents(invited, response_rate):
    """People expected to answer, rounded down: a promise to show should not hang on half a person."""
    return int(sum(invited) * response_rate + 1e-9)


def propose_clusters(sectors, response_rate, rules):
    """A tuple of Cluster that makes as many cells showable as the expected response allows.

    Sectors large enough alone stay alone. The others are joined into as many large enough clusters as possible (every
    way is tried up to ten such sectors, largest with smallest beyond), and what is left joins the smallest cell, so
    that nothing is hidden and nothing else has to hide with it. Where no join is large enough, all stay as they are.
    """
    enough = {name for name in sectors if _is_enough([name], sectors, response_rate, rules)}
    small = sorted((name for name in sectors if name not in enough), key=lambda name: -sum(sectors[name]))
    pack = _pack_exactly if len(small) <= MOST_SECTORS_TRIED_EXACTLY else _pack_by_size
    cells = [(name,) for name in sectors if name in enough]
    cells += pack(small, lambda names: _is_enough(names, sectors, response_rate, rules))
    left = tuple(name for name in small if not any(name in cell for cell in cells))
    if cells and left:
        smallest = min(cells, key=lambda names: sum(sum(sectors[name]) for name in names))
        cells[cells.index(smallest)] = smallest + left
    elif left:
        cells = [(name,) for name in sectors]
    return tuple(Cluster(" + ".join(names), names) for names in cells)


def what_nobody_will_see(clusters, response_rate, rules):
    """The Forecast for cells {name: people invited by organisation}, with rules 2 and 3 applied to the expectation."""
    names = list(clusters)
    sizes = [expected_respondents(clusters[name], response_rate) for name in names]
    everyone = [people for invited in clusters.values() for people in invited]
    total = meets_threshold(expected_respondents(everyone, response_rate), len(everyone), rules)
    small = {c for c, name in enumerate(names) if not meets_threshold(sizes[c], len(clusters[name]), rules)}
    hidden = small | complement(small, sizes, lambda cells: sum(len(clusters[names[c]]) for c in cells), rules)
    if not total:
        hidden = set(range(len(names)))
    shown = tuple(name for cell, name in enumerate(names) if cell not in hidden)
    return Forecast(total, shown, tuple(name for cell, name in enumerate(names) if cell in hidden))


def _is_enough(names, sectors, response_rate, rules):
    invited = [people for name in names for people in sectors[name]]
    return meets_threshold(expected_respondents(invited, response_rate), len(invited), rules)


def _pack_exactly(names, is_enough):
    """The most disjoint large enough clusters, by dynamic programming over all subsets of `names`."""
    members = [tuple(n for i, n in enumerate(names) if mask >> i & 1) for mask in range(1 << len(names))]
    enough = [bool(mask) and is_enough(members[mask]) for mask in range(1 << len(names))]
    best = [()]
    for mask in range(1, 1 << len(names)):
        lowest, part, choice = mask & -mask, mask, best[mask & (mask - 1)]
        while part:
            if part & lowest and enough[part] and len(best[mask ^ part]) >= len(choice):
                choice = (members[part], *best[mask ^ part])
            part = (part - 1) & mask
        best.append(choice)
    return list(best[-1])


def _pack_by_size(names_by_size, is_enough):
    """Largest first, filled up with the smallest, until nothing large enough is left."""
    waiting, cells = list(names_by_size), []
    while waiting:
        cell = (waiting.pop(0),)
        while waiting and not is_enough(cell):
            cell += (waiting.pop(),)
        if is_enough(cell):
            cells.append(cell)
    return cells
