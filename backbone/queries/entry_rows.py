"""The entries beneath a figure: evidence, achievements, policy items and resources of one period, as `log_figures` lists them.

Each function gives (what was counted, what the reader may see of it, a row of words for one, a note), like those beside it.
"""

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backbone.counting.entries import EVIDENCE_OF, ORIGIN_OF, WITHOUT_BACKBONE
from backbone.entry_words import people_words
from backbone.models import PolicyStage
from backbone.money import BACKBONE
from backbone.queries.log_facts import achievements, evidence_counted
from backbone.queries.policy import with_standing
from initiatives.permissions import Permission


def _date(day):
    return date_format(day, "DATE_FORMAT")


def _if(membership, permission, found):
    return found if membership.can(permission) else found.none()


def _evidence_of(kind):
    def rows(membership, period, last):
        initiative = membership.initiative
        counted = evidence_counted(initiative).filter(kind=kind, happened_on__range=(period.starts_on, last))

        def row(entry):
            entry.initiative = initiative
            facts = [_date(entry.happened_on), ", ".join(str(partner) for partner in entry.partners.all())]
            if entry.people_least is not None:
                facts.append(people_words(entry.people_least, entry.people_most))
            return str(entry), entry.get_absolute_url(), list(filter(None, facts))

        seen = counted.order_by("-happened_on", "-pk").prefetch_related("partners")
        note = _("Entries without a source are not counted and do not stand here.")
        return counted, _if(membership, Permission.EVIDENCE_VIEW, seen), row, note

    return rows


def _achievements(membership, period, last):
    initiative = membership.initiative
    counted = achievements(initiative).filter(held_on__range=(period.starts_on, last))

    def row(activity):
        activity.initiative = initiative
        partners = ", ".join(str(partner) for partner in activity.partners.all())
        return str(activity), activity.get_absolute_url(), list(filter(None, [_date(activity.held_on), partners]))

    seen = counted.order_by("-held_on", "-pk").prefetch_related("partners")
    return counted, _if(membership, Permission.ACTIVITY_VIEW, seen), row, ""


def _policies(membership, period, last):
    initiative = membership.initiative
    counted = with_standing(initiative.policy_items.all(), last).exclude(standing=None)

    def row(policy_item):
        policy_item.initiative = initiative
        facts = [
            PolicyStage.Stage(policy_item.standing).label,
            PolicyStage.Alignment(policy_item.standing_alignment).label,
            _("since %(day)s") % {"day": _date(policy_item.standing_since)},
        ]
        return str(policy_item), policy_item.get_absolute_url(), [str(fact) for fact in facts]

    seen = counted.order_by("-standing_since", "-pk")
    return counted, _if(membership, Permission.POLICY_VIEW, seen), row, ""


def _resources_of(code, origin):
    def rows(membership, period, last):
        initiative, days = membership.initiative, (period.starts_on, last)
        pledged = Q(pledged_on__lte=last) & (Q(received_on=None) | Q(received_on__gt=last))
        standing = pledged & (Q(fell_through_on=None) | Q(fell_through_on__gt=last))
        happened = Q(received_on__range=days) | Q(fell_through_on__range=days) | standing
        counted = initiative.resources.filter(happened, origin=origin)
        if code in WITHOUT_BACKBONE:
            counted = counted.exclude(recipient=BACKBONE)

        def row(resource):
            resource.initiative = initiative
            certainty = resource.certainty_on(last)
            facts = [
                resource.how_much or _("not valued"),
                str(certainty.label) if certainty else "",
                resource.giver_label,
            ]
            return str(resource), resource.get_absolute_url(), list(filter(None, facts))

        seen = counted.select_related("giver").order_by("-received_on", "-pk")
        return counted, _if(membership, Permission.RESOURCES_VIEW, seen), row, ""

    return rows


SOURCES = (
    {code: _evidence_of(kind) for code, kind in EVIDENCE_OF.items()}
    | {code: _resources_of(code, origin) for code, origin in ORIGIN_OF.items()}
    | {"BI6": _achievements, "AP3": _policies}
)
