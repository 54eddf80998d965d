"""Starting an initiative with all that each floor gives it on its first day."""

from initiatives.actions import initiatives


def start_initiative(*, values, by):
    """Make an initiative that `by` directs. `values` are the arguments of `initiatives.actions.initiatives.start`.

    Raises ValidationError on `slug` when the short name is taken.
    """
    return initiatives.start(**values, by=by)
