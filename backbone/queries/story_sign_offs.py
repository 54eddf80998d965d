"""Asking partners to sign a story off: whom a mail reaches, what waits to leave, and what a mailed link opens."""

import datetime
import hashlib
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone import brakes
from backbone.models import Story, StorySignOff
from backbone.queries.minutes import why_no_mail
from backbone.queries.own_page import has_left
from backbone.queries.stories import has_agreed, shared_stories
from backbone.tokens import read_story_token
from partners.models import Contact

LENGTH_OF_A_DIGEST = 20
Mail, State = StorySignOff.Mail, StorySignOff.State
NOBODY, MOVED = "nobody", "moved"


@dataclass(frozen=True)
class Asked:
    """One mail that could leave: who gets it, for which partner, and when at the earliest."""

    sign_off: StorySignOff
    leaves_at: datetime.datetime
    leaves_now: bool

    @property
    def contact(self):
        return self.sign_off.contact


@dataclass(frozen=True)
class AskList:
    """Who is asked about the present words: `people` will be, `told` were or answered, and why others are left out."""

    people: list
    told: list
    left_out: list = field(default_factory=list)
    version: int = 0

    @property
    def digest(self):
        keys = ",".join(f"{asked.sign_off.pk}-{asked.contact.email}" for asked in self.people)
        return hashlib.sha256(f"{self.version}:{keys}".encode()).hexdigest()[:LENGTH_OF_A_DIGEST]


def ask_list(story):
    """Each partner's contact once for each version of the words; who has answered these words is asked no more."""
    people, told, left_out, now = [], [], [], timezone.now()
    rows = story.sign_offs.select_related("organisation", "contact__organisation", "contact__initiative")
    for sign_off in rows:
        if sign_off.answered_version == story.version or _is_told(sign_off, story):
            told.append(sign_off)
        elif reason := why_not_asked(sign_off):
            left_out.append((sign_off, reason))
        else:
            moment = leaves_at(sign_off.contact, now)
            people.append(Asked(sign_off, moment, moment <= now))
    return AskList(people, told, left_out, story.version)


def _is_told(sign_off, story):
    return sign_off.mail != Mail.NONE and sign_off.mail_version == story.version


def why_not_asked(sign_off):
    """Why no mail can reach this partner, as a code: nobody, moved, left, bounced or opted_out; "" where one can."""
    contact = sign_off.contact
    if contact is None:
        return NOBODY
    if contact.organisation_id != sign_off.organisation_id:
        return MOVED
    return why_no_mail(contact, contact.initiative.today())


@dataclass(frozen=True)
class SignOffRow:
    """What a partner says of the present words, for the backbone: `label` and `kind` are a badge, `mail` how far asking came,
    `obstacle` why no mail reaches them, as a code."""

    sign_off: StorySignOff
    label: str
    kind: str
    mail: str
    can_send_again: bool
    obstacle: str


ANSWERS = {
    State.AGREED: (gettext_lazy("agreed"), gettext_lazy("agreed to earlier words"), "good"),
    State.CHANGE_ASKED: (
        gettext_lazy("asked for a change"),
        gettext_lazy("asked for a change of earlier words"),
        "warn",
    ),
    State.TAKEN_BACK: (
        gettext_lazy("took the agreement back"),
        gettext_lazy("took back the agreement to earlier words"),
        "danger",
    ),
}


def sign_off_rows(story):
    """A SignOffRow for each partner of a story out of `in_order`."""
    return [_sign_off_row(sign_off, story.version) for sign_off in story.sign_offs.all()]


def _sign_off_row(sign_off, version):
    label, kind = _("not answered yet"), "quiet"
    if sign_off.state in ANSWERS:
        now, before, kind_now = ANSWERS[sign_off.state]
        label, kind = (str(now), kind_now) if sign_off.answered_version == version else (str(before), "quiet")
    is_of_now = sign_off.mail_version == version
    has_answered = sign_off.answered_version == version
    mail = sign_off.get_mail_display() if is_of_now else "" if has_answered else _("not asked about these words yet")
    # Who has answered needs no mail.
    stuck = is_of_now and not has_answered and sign_off.mail in (Mail.UNCERTAIN, Mail.FAILED)
    obstacle = "" if has_answered else why_not_asked(sign_off)
    return SignOffRow(sign_off, label, kind, mail, stuck and sign_off.contact is not None, obstacle)


def leaves_at(contact, now):
    """The first moment from `now` on at which a mail may reach this person: not before eight, and never in quiet time."""
    zone, quiet = contact.zone_in(contact.initiative), contact.initiative.quiet_time
    moment = quiet.next_allowed(now, zone)
    local = moment.astimezone(zone)
    if local.time() < brakes.EARLIEST:
        moment = quiet.next_allowed(brakes.morning(local.date(), zone), zone)
    return moment


# What is sent


def _waiting():
    return StorySignOff.objects.filter(mail=Mail.WAITING, mail_at__lte=timezone.now(), story__deleted_at=None)


def stories_with_mails_to_send():
    return list(_waiting().order_by().values_list("story", flat=True).distinct())


def mails_to_send(story_id):
    """The mails about a story that may leave at this moment."""
    now, rows = timezone.now(), with_all(_waiting().filter(story=story_id))
    return [row for row in rows if row.contact is None or leaves_at(row.contact, now) <= now]


def with_all(rows):
    """Sign-offs with all that their mail and their page speak of."""
    return rows.select_related(
        "story__initiative", "organisation", "contact__organisation", "contact__initiative", "asked_by"
    )


# What a mailed link opens


@dataclass(frozen=True)
class StoryLink:
    """What stands behind a link that we made: `sign_off` None where there is nothing to sign off any more."""

    contact: Contact | None
    sign_off: StorySignOff | None = None

    @property
    def story(self):
        return self.sign_off.story

    @property
    def has_left(self):
        return self.contact is not None and has_left(self.contact)

    @property
    def is_agreed(self):
        return has_agreed(self.sign_off, self.story)

    @property
    def is_shared(self):
        return shared_stories(self.story.initiative).filter(pk=self.story.pk).exists()

    @property
    def has_asked_for_change(self):
        return self.sign_off.state == State.CHANGE_ASKED and self.sign_off.answered_version == self.story.version


def link_behind(token):
    """The StoryLink of a token; None for one that we never made, or that was closed since."""
    number, version = read_story_token(token) or (None, None)
    if number is None:
        return None
    sign_off = with_all(StorySignOff.objects.filter(pk=number)).first()
    if sign_off is None:
        # The partner was taken out of the story, or somebody else is asked for it.
        return StoryLink(None)
    contact = sign_off.contact
    if contact is None or contact.link_version != version:
        return None
    # Whoever works elsewhere now speaks for this partner no more.
    is_gone = sign_off.story.deleted_at is not None or contact.organisation_id != sign_off.organisation_id
    return StoryLink(contact, None if is_gone else sign_off)


def partners_named(story: Story):
    """The partners of a story, as each of them reads it."""
    return [sign_off.organisation for sign_off in story.sign_offs.select_related("organisation")]
