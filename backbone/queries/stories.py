"""Contribution stories: which of them who may read, and how far each has come. What is visible outside is said here alone."""

from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.models import Evidence, Story, StorySignOff
from core.highlighting import words_of
from core.searching import with_words
from initiatives.permissions import Permission
from initiatives.queries import snapshot
from partners.models import Contact

DRAFT, ASKED, REFUSED, READY, SHARED = "draft", "asked", "refused", "ready", "shared"
LABELS = {
    DRAFT: (gettext_lazy("draft"), "quiet"),
    ASKED: (gettext_lazy("waiting for partners"), "info"),
    REFUSED: (gettext_lazy("a partner does not agree"), "warn"),
    READY: (gettext_lazy("agreed, not shared"), "info"),
    SHARED: (gettext_lazy("shared"), "good"),
}
# So many of the newest entries can be chosen for a story.
ENTRIES_TO_CHOOSE = 60


def _sign_offs():
    return StorySignOff.objects.filter(story=OuterRef("pk"))


def _has_agreed():
    """Of a sign-off, inside a query over stories: it agrees to the words as they are now."""
    return Q(state=StorySignOff.State.AGREED, answered_version=OuterRef("version"))


def signed_off():
    """The condition on a story that it names partners and each of them agreed to its present words."""
    return Q(Exists(_sign_offs())) & ~Exists(_sign_offs().exclude(_has_agreed()))


def shared_stories(initiative):
    """The one rule for every page, file and mail outside the backbone: each partner agreed to these words, and a director or
    staff shared them. What is not in here is not there for anybody but the backbone.
    """
    return initiative.stories.filter(signed_off(), shared_at__isnull=False)


def visible_stories(membership):
    """All for the backbone, for everybody else those that are shared."""
    if membership.can(Permission.EVIDENCE_VIEW):
        return membership.initiative.stories.all()
    return shared_stories(membership.initiative)


def with_state(found):
    """Each story with its `progress`: draft, asked, refused, ready or shared."""
    refusing = [StorySignOff.State.CHANGE_ASKED, StorySignOff.State.TAKEN_BACK]
    refused = _sign_offs().filter(state__in=refusing, answered_version=OuterRef("version"))
    asked = _sign_offs().filter(mail_version=OuterRef("version")).exclude(mail=StorySignOff.Mail.NONE)
    return found.annotate(
        progress=Case(
            When(signed_off() & Q(shared_at__isnull=False), then=Value(SHARED)),
            When(signed_off(), then=Value(READY)),
            When(Exists(refused), then=Value(REFUSED)),
            When(Exists(asked), then=Value(ASKED)),
            default=Value(DRAFT),
        )
    )


def filtered(found, *, search="", state=""):
    if state:
        found = with_state(found).filter(progress=state)
    return with_words(found, ("searched",), words_of(search)) if search else found


def in_order(found):
    """With all that a row shows: what is not shared yet, then the last shared."""
    sign_offs = StorySignOff.objects.select_related(
        "organisation", "contact__initiative", "contact__organisation", "asked_by"
    )
    rows = with_state(found).select_related("initiative").prefetch_related(Prefetch("sign_offs", sign_offs))
    return rows.order_by(F("shared_at").desc(nulls_first=True), "-id")


@dataclass(frozen=True)
class StoryRow:
    """A story as lists show it; `label` and `kind` are its badge, `partners` those who signed off or are to."""

    story: Story
    label: str
    kind: str
    partners: list


def row_of(story):
    """Of a story out of `in_order`."""
    label, kind = LABELS[story.progress]
    return StoryRow(story, str(label), kind, [sign_off.organisation for sign_off in story.sign_offs.all()])


def why_not_shared(story):
    """The sentence that says why a story cannot be shared now, "" where it can."""
    sign_offs = list(story.sign_offs.select_related("organisation"))
    if not sign_offs:
        return _(
            "This story names no partner, so nobody can sign it off, and it cannot be shared. Change it and name the "
            "partners it tells of."
        )
    missing = [str(each.organisation) for each in sign_offs if not has_agreed(each, story)]
    if missing:
        return _("It can be shared once everybody agreed to these words. Still missing: %(partners)s.") % {
            "partners": ", ".join(missing)
        }
    return ""


def has_agreed(sign_off, story):
    """Whether this partner agrees to the words as `story` has them."""
    return sign_off.state == StorySignOff.State.AGREED and sign_off.answered_version == story.version


def partners_of(story):
    """{organisation: contact or None} of a story, as `backbone.actions.stories` takes them."""
    rows = story.sign_offs.select_related("organisation", "contact")
    return {sign_off.organisation: sign_off.contact for sign_off in rows}


def story_snapshot(story):
    """What history compares; partners by name, each with whom is asked."""
    partners = [
        f"{partner} ({contact})" if contact else str(partner) for partner, contact in partners_of(story).items()
    ]
    return snapshot(story, ["title", "text", "evidence"]) | {
        "partners": partners,
        "version": story.version,
        "shared_at": story.shared_at.isoformat() if story.shared_at else None,
    }


def said_by(story):
    """(name, value) of all that a story says, for whoever has to put two versions together."""
    partners = ", ".join(str(partner) for partner in partners_of(story))
    entries = ", ".join(str(entry) for entry in story.evidence.all())
    values = [(_("title"), story.title), (_("the story"), story.text), (_("partners"), partners)]
    return [pair for pair in [*values, (_("evidence"), entries)] if pair[1]]


def people_to_ask(initiative, partners, *, also=()):
    """{organisation id: its contacts who could be asked, the lead contact first}; `also` are contacts who are asked already."""
    there = initiative.contacts.active(on=initiative.today()) | initiative.contacts.filter(
        pk__in=[contact.pk for contact in also if contact]
    )
    found = {partner: [] for partner in partners}
    for contact in there.filter(organisation__in=found).distinct().order_by("-is_lead", "name", "id"):
        found[contact.organisation_id].append(contact)
    return found


def first_to_ask(contacts):
    """Who of them is asked if nobody is chosen; None where nobody can be reached."""
    reachable = Contact.Reachability.REACHABLE
    return next((contact for contact in contacts if contact.reachability == reachable), None)


def entries_to_choose(initiative, *, also=()):
    """The newest entries of evidence, and those of `also`."""
    newest = initiative.evidence.order_by("-happened_on", "-id").values("pk")[:ENTRIES_TO_CHOOSE]
    keys = [*newest.values_list("pk", flat=True), *(entry.pk for entry in also)]
    return Evidence.objects.filter(pk__in=keys)


def beginning_from(entry):
    """The fields that a story begins with when it grows out of an entry."""
    words = [entry.description, entry.made_easier]
    return {
        "title": entry.title[:200],
        "text": "\n\n".join(filter(None, words)),
        "evidence": [entry.pk],
        "partners": list(entry.partners.values_list("pk", flat=True)),
    }
