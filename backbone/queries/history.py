"""The history of an initiative and of each thing in it, in words: who changed what, when, from which value to which."""

import datetime
import re
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.models import (
    ActionItem,
    Activity,
    CriterionReview,
    Decision,
    EntryImport,
    Evidence,
    Meeting,
    MeetingSeries,
    Milestone,
    PolicyItem,
    PolicyStage,
    Resource,
    Story,
    TargetAudience,
)
from initiatives.models import CommonAgenda, FunctionCode, HistoryEntry, Initiative, Membership, within
from partners.models import Commitment, Contact, Group, Organisation, PartnerImport, Seat, Sector
from surveys.models import InstrumentVersion, Round, RoundPlan

# What has a page of its own here, by the word that stands in the address.
KINDS = {
    model._meta.model_name: model
    for model in (
        Activity,
        Meeting,
        MeetingSeries,
        Decision,
        ActionItem,
        Evidence,
        Story,
        PolicyItem,
        TargetAudience,
        Resource,
        Milestone,
        CriterionReview,
        EntryImport,
        Commitment,
        Organisation,
        Contact,
        Sector,
        Group,
        Seat,
        PartnerImport,
        Round,
        RoundPlan,
        InstrumentVersion,
        CommonAgenda,
        Initiative,
        Membership,
    )
}
# What was done, where its name is not the word for it.
DONE = {
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted"),
    "restored": gettext_lazy("restored"),
    "logged": gettext_lazy("logged"),
    "planned": gettext_lazy("planned"),
    "cancelled": gettext_lazy("cancelled"),
    "raised": gettext_lazy("raised"),
    "recorded": gettext_lazy("recorded"),
    "reopened": gettext_lazy("opened again"),
    "moved": gettext_lazy("moved"),
    "merged": gettext_lazy("merged"),
    "invited": gettext_lazy("invited"),
    "removed": gettext_lazy("removed"),
    "role_changed": gettext_lazy("role changed"),
    "drafted": gettext_lazy("drafted"),
    "opened": gettext_lazy("opened"),
    "closed": gettext_lazy("closed"),
    "paused": gettext_lazy("paused"),
    "resumed": gettext_lazy("resumed"),
    "published": gettext_lazy("published"),
    "started": gettext_lazy("started"),
    "loaded": gettext_lazy("loaded"),
    "chosen": gettext_lazy("chosen"),
    "settled": gettext_lazy("what became of it was noted"),
    "pledged": gettext_lazy("pledged"),
    "received": gettext_lazy("received"),
    "fell_through": gettext_lazy("fell through"),
    "confirmed": gettext_lazy("confirmed by the partner"),
    "disputed": gettext_lazy("disputed by the partner"),
    "link_renewed": gettext_lazy("old link closed"),
    "stage_reached": gettext_lazy("stage written down"),
    "stage_changed": gettext_lazy("stage changed"),
    "stage_removed": gettext_lazy("stage removed"),
    "asked": gettext_lazy("partners were asked to sign off"),
    "agreed": gettext_lazy("a partner agreed to the words"),
    "change_asked": gettext_lazy("a partner asked for a change"),
    "taken_back": gettext_lazy("a partner took the agreement back"),
    "shared": gettext_lazy("shared"),
    "unshared": gettext_lazy("no longer shared"),
    "mail_sent_again": gettext_lazy("mail sent again"),
}
# What is told under another thing: its fields carry the names and the words.
PARTS = {PolicyItem: PolicyStage}
# What history keeps under a name that is no field.
NAMES = {
    "functions": gettext_lazy("functions"),
    "goals": gettext_lazy("goals"),
    "label": gettext_lazy("label"),
    "enabled": gettext_lazy("in use"),
    "email": gettext_lazy("e-mail address"),
    "partner": gettext_lazy("partner"),
    "shared_at": gettext_lazy("shared on"),
}
FUNCTIONS, LANGUAGES = dict(FunctionCode.choices), dict(settings.SURVEY_LANGUAGES)
NOTHING = "–"
KEY = re.compile(r"[0-9]{1,18}")
EXPORTED_AT_ONCE = 500


@dataclass(frozen=True)
class Change:
    """One value: "" before where it was added, "" after where it was taken away."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryRow:
    """An entry in words. `kind` and `pk` name the page of the thing it tells of; `kind` is "" where it has none."""

    when: datetime.datetime
    who: str
    kind: str
    pk: int | None
    kind_label: str
    title: str
    done: str
    changes: list
    reason: str


def history_of(initiative, *, who=None, kind="", since=None, until=None):
    """The entries of an initiative, newest first. `kind` is a key of KINDS; days are the initiative's own."""
    found = initiative.history.order_by("-id")
    if who:
        found = found.filter(by=who)
    if kind:
        found = found.filter(object_kind=KINDS[kind]._meta.label_lower)
    if since:
        found = found.filter(happened_at__gte=_midnight(initiative, since))
    if until:
        found = found.filter(happened_at__lt=_midnight(initiative, until + datetime.timedelta(days=1)))
    return found


def _midnight(initiative, day):
    return datetime.datetime.combine(day, datetime.time(), tzinfo=initiative.zone)


def history_of_object(initiative, kind, pk):
    """(title, address or "", entries) of one thing of this initiative, also one that is deleted; None if there is none."""
    model = KINDS.get(kind)
    if model is None:
        return None
    entries = initiative.history.filter(object_kind=model._meta.label_lower, object_id=pk).order_by("-id")
    row = within(model._base_manager.all(), initiative).filter(pk=pk).first()
    last = entries.first()
    if row is None and last is None:
        return None
    return str(row or last.object_label), _address(row, initiative), entries


def _address(row, initiative):
    """The page of a row that stands; "" where it has none."""
    if getattr(row, "deleted_at", None) is not None or not hasattr(row, "get_absolute_url"):
        return ""
    if row.initiative_path == "initiative":
        row.initiative = initiative
    try:
        return row.get_absolute_url()
    except NoReverseMatch:
        return ""


def people_of_history(initiative):
    told = HistoryEntry.objects.filter(initiative=initiative, by=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(told)).order_by("name", "email")


def kinds_in_words():
    """(word in the address, label) for each kind, by label."""
    return sorted(((kind, _label(model)) for kind, model in KINDS.items()), key=lambda pair: pair[1])


def _label(model):
    return capfirst(str(model._meta.verbose_name))


def rows_of(entries, initiative):
    """The HistoryRows of some entries (a page); names are read once for all of them."""
    entries = list(entries)
    names = _names(entries, initiative)
    return [_row(entry, names) for entry in entries]


def _row(entry, names):
    model = _model(entry)
    # What is only told after, or only before, was made or taken away.
    keys = sorted({*entry.after, *entry.before}, key=lambda key: _place(model, key))
    changes = [
        Change(
            _name(model, key),
            _words(model, key, entry.before[key], names) if key in entry.before else "",
            _words(model, key, entry.after[key], names) if key in entry.after else "",
        )
        for key in keys
        if not (key not in entry.before and entry.after[key] in (None, "", [], {}))
        and not (key not in entry.after and entry.before[key] in (None, "", [], {}))
    ]
    kind = model._meta.model_name if model else ""
    return HistoryRow(
        entry.happened_at,
        entry.by_label or _("the program"),
        kind if kind in KINDS and entry.object_id else "",
        entry.object_id,
        _label(model) if model else "",
        entry.object_label,
        _done(entry.verb, kind),
        changes,
        entry.reason,
    )


def _model(entry):
    try:
        return apps.get_model(entry.object_kind)
    except (LookupError, ValueError):
        return None


def _done(verb, kind):
    """ "decision_raised" and "round.closed" in one word; what was done to a part of the thing is said with its name."""
    part, _dot, word = verb.rpartition(".")
    word = word.removeprefix(f"{kind}_")
    if part in ("", kind):
        return str(DONE.get(word) or word.replace("_", " "))
    return f"{part} {word}".replace("_", " ")


def _field(model, key):
    for each in filter(None, (model, PARTS.get(model))):
        try:
            return each._meta.get_field(key)
        except FieldDoesNotExist:
            continue
    return None


def _place(model, key):
    """Changes stand in the order of the fields, whatever order the database keeps them in."""
    told = filter(None, (model, PARTS.get(model)))
    fields = [field.name for each in told for field in (*each._meta.fields, *each._meta.many_to_many)]
    return (fields.index(key) if key in fields else len(fields), key)


def _name(model, key):
    field = _field(model, key)
    name = NAMES.get(key) or FUNCTIONS.get(key) or LANGUAGES.get(key)
    if name is None and field is not None and hasattr(field, "verbose_name"):
        name = field.verbose_name
    return capfirst(str(name or key.replace("_", " ")))


def _points_to(field):
    is_relation = isinstance(field, models.ForeignKey | models.ManyToManyField)
    return field.related_model if is_relation else None


def _keys(value):
    """The keys in a value of a relation, as written for one row or for several."""
    values = value if isinstance(value, list) else [value]
    return [int(str(key)) for key in values if KEY.fullmatch(str(key))]


def _names(entries, initiative):
    """{(model, key): name} of all rows that these entries point to: one query for each model."""
    wanted = {}
    for entry in entries:
        model = _model(entry)
        for told in (entry.before, entry.after):
            for key, value in told.items():
                if target := _points_to(_field(model, key)):
                    wanted.setdefault(target, set()).update(_keys(value))
    names = {}
    for target, keys in wanted.items():
        rows = target._base_manager.filter(pk__in=keys)
        if target is not get_user_model():
            rows = within(rows, initiative)
        names |= {(target, row.pk): str(row) for row in rows}
    return names


def _words(model, key, value, names):
    field = _field(model, key)
    if target := _points_to(field):
        found = [names.get((target, pk), _("no longer here")) for pk in _keys(value)]
        return ", ".join(found) or NOTHING
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and (moment := _parsed(parse_datetime, value)):
        return date_format(moment, "DATETIME_FORMAT")
    if isinstance(field, models.DateField) and (day := _parsed(parse_date, value)):
        return date_format(day, "DATE_FORMAT")
    return _structure(value)


def _parsed(parse, value):
    try:
        return parse(str(value))
    except ValueError:
        return None


def _structure(value):
    """Lists and mappings as lines of plain words."""
    if isinstance(value, dict):
        return "; ".join(f"{_name(None, str(key))}: {_structure(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(
            ": ".join(filter(None, map(_structure, x))) if isinstance(x, list) else _structure(x) for x in value
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return NOTHING if value is None else str(value)


def export_rows(entries, initiative):
    """The header and a row for each value that changed; an entry without one has a row of its own."""
    yield [str(word) for word in (_("When"), _("Who"), _("Kind"), _("What"), _("What happened"))] + [
        str(word) for word in (_("Field"), _("Before"), _("After"), _("Reason"))
    ]
    last = None
    while chunk := list((entries.filter(id__lt=last) if last else entries)[:EXPORTED_AT_ONCE]):
        last = chunk[-1].pk
        for row in rows_of(chunk, initiative):
            when = row.when.astimezone(initiative.zone).strftime("%Y-%m-%d %H:%M")
            for change in row.changes or [Change("", "", "")]:
                yield [
                    when,
                    row.who,
                    row.kind_label,
                    row.title,
                    row.done,
                    change.name,
                    change.before,
                    change.after,
                    row.reason,
                ]
