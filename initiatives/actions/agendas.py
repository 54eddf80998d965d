"""The common agenda: each saving makes a new version, and nobody's words are overwritten unseen."""

from django.db import IntegrityError, transaction

from initiatives.actions import history
from initiatives.models import CommonAgenda, Goal
from initiatives.queries import AGENDA_TEXTS, agenda_snapshot, agenda_version, current_agenda


class EditConflict(Exception):
    """Somebody saved another version since this one was opened. `agenda` is theirs."""

    def __init__(self, agenda):
        self.agenda = agenda
        super().__init__(f"version {agenda.number if agenda else 0} was saved in between")


def write(*, initiative, version, texts, goals, by):
    """Save a new version of the agenda and the list of goals; returns the version now in force.

    `version` is the number that was in force when the page was opened, 0 for none. `texts` maps AGENDA_TEXTS to text,
    `goals` is a list of (title, description) in order. Nothing is written when nothing changed. Raises EditConflict.
    """
    try:
        with transaction.atomic():
            if agenda_version(initiative) != version:
                raise EditConflict(current_agenda(initiative))
            before = agenda_snapshot(initiative)
            after = {name: texts[name] for name in AGENDA_TEXTS} | {"goals": [list(goal) for goal in goals]}
            if before == after:
                return current_agenda(initiative)
            # Two at once: the second number is taken already, and its writer gets the conflict.
            agenda = CommonAgenda.objects.create(initiative=initiative, number=version + 1, **texts)
            if before["goals"] != after["goals"]:
                _replace_goals(initiative, goals)
            history.record(
                initiative=initiative, verb="agenda_changed", target=agenda, before=before, after=after, by=by
            )
    except IntegrityError:
        raise EditConflict(current_agenda(initiative)) from None
    return agenda


def _replace_goals(initiative, goals):
    """Bring the goals into the given form. A goal that keeps its title keeps its row, so that links to it stay."""
    kept = {goal.title: goal for goal in initiative.goals.all()}
    for position, (title, description) in enumerate(goals):
        goal = kept.pop(title, None) or Goal(initiative=initiative, title=title)
        goal.position, goal.description = position, description
        goal.save()
    Goal.objects.filter(pk__in=[goal.pk for goal in kept.values()]).delete()
