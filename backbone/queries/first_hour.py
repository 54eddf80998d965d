"""The way of a new initiative, from an empty page to the first survey on its way."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from initiatives.queries import current_agenda
from surveys.models import Round


@dataclass(frozen=True)
class Step:
    code: str
    label: str
    hint: str
    action: str
    done: bool
    url: str


def first_hour(initiative):
    """The five steps in order, as `components/steps.html` shows them; the first that is not done is the next one.

    A preview leaves nothing behind, so it counts as done with the sending. `url` is "" until there is a round to look at.
    """
    draft = initiative.rounds.filter(state=Round.State.DRAFT).first()
    sent = initiative.rounds.exclude(state__in=[Round.State.DRAFT, Round.State.CANCELLED]).exists()
    rows = [
        ("agenda", current_agenda(initiative) is not None, ("initiatives:agenda-edit",)),
        ("import", initiative.contacts.exists(), ("partners:import-new",)),
        ("round", draft is not None or sent, ("surveys:round-add",)),
        ("preview", sent, draft and ("surveys:round-preview", draft.pk)),
        ("send", sent, draft and ("surveys:round-detail", draft.pk)),
    ]
    words = _words()
    return [Step(code, *words[code], done, _address(initiative, to)) for code, done, to in rows]


def next_index(steps):
    """Position of the first step that is not done; None when all are."""
    return next((position for position, step in enumerate(steps) if not step.done), None)


def _words():
    """Label, hint and the words of the link, by step."""
    return {
        "agenda": (
            _("Write down the common agenda"),
            _("The problem, whom it concerns, and what you want to reach together. A few sentences will do."),
            _("Write the agenda"),
        ),
        "import": (
            _("Bring in your partners"),
            _("From a file, or one by one. Nobody gets a mail yet."),
            _("Import partners"),
        ),
        "round": (
            _("Prepare the first survey"),
            _("Choose who is asked and until when. The questions are there."),
            _("Prepare a survey"),
        ),
        "preview": (
            _("Look at exactly what each person will get"),
            _("Send a test to yourself first."),
            _("Look at it"),
        ),
        "send": (
            _("Send it"),
            _("Invitations go out, and reminders to those who have not finished."),
            _("Send it"),
        ),
    }


def _address(initiative, to):
    """`to` is (name, arguments …) below the initiative, or None."""
    return reverse(to[0], args=[initiative.slug, *to[1:]]) if to else ""
