"""What a partner sees through the link to their own page: what they agreed to do, and what they promised."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from backbone.models import ActionItem
from backbone.tokens import read_own_page_token, read_stop_token
from partners.models import Commitment, Contact

# What is done stays on the page for so long.
DONE_STAYS = datetime.timedelta(days=60)


def contact_behind(token):
    """The contact of a link with initiative and organisation, or None; a link whose version was raised since opens nothing."""
    number, version = read_own_page_token(token) or (None, None)
    found = Contact.objects.select_related("initiative", "organisation").filter(pk=number, link_version=version)
    return found.first()


def contact_to_stop(token):
    """The contact of a stop link with initiative and organisation, or None."""
    found = Contact.objects.select_related("initiative", "organisation")
    return found.filter(pk=read_stop_token(token)).first()


def has_left(contact):
    """Whether this person, or their organisation, takes no part any more."""
    today = timezone.now().astimezone(contact.zone_in(contact.initiative)).date()
    return any(day is not None and day <= today for day in (contact.left_on, contact.organisation.left_on))


def language_for(contact, wanted):
    """The language of the page: the one asked for, else the contact's."""
    offered = dict(settings.SURVEY_LANGUAGES)
    return next((code for code in (wanted, contact.language) if code in offered), settings.LANGUAGE_CODE)


def action_items_of(contact):
    due_first = F("due_on").asc(nulls_last=True)
    return ActionItem.objects.filter(owner_contact=contact).select_related("initiative").order_by(due_first, "id")


def commitments_of(contact):
    due_first = F("due_on").asc(nulls_last=True)
    return Commitment.objects.filter(contact=contact).select_related("initiative").order_by(due_first, "id")


@dataclass(frozen=True)
class OwnPage:
    """`questions` are commitments that wait for a yes or no, `open` the other ones that are not settled."""

    languages: list
    today: datetime.date
    waiting: list
    done: list
    questions: list
    open: list
    settled: list


def own_page(contact):
    today = timezone.now().astimezone(contact.zone_in(contact.initiative)).date()
    items, promised = list(action_items_of(contact)), list(commitments_of(contact))
    made = [commitment for commitment in promised if commitment.state == Commitment.State.MADE]
    return OwnPage(
        list(dict(settings.SURVEY_LANGUAGES)),
        today,
        [item for item in items if item.state in ActionItem.WAITING],
        [item for item in items if item.state == ActionItem.State.DONE and item.done_on >= today - DONE_STAYS],
        [commitment for commitment in made if not (commitment.confirmed_at or commitment.disputed_at)],
        [commitment for commitment in made if commitment.confirmed_at or commitment.disputed_at],
        [row for row in promised if row.settled_on and row.settled_on >= today - DONE_STAYS],
    )
