"""How the demo began: the initiative, its agenda, the roster from a file, groups with their seats, people who sign in."""

import datetime

from django.db import transaction

from accounts.actions.people import find_or_make
from backbone.actions.demo.past import happening, moment
from backbone.actions.start import start_initiative
from backbone.demo import story
from initiatives.actions import agendas, history
from initiatives.models import Initiative, Membership
from partners.actions import groups, imports, seats
from partners.models import PartnerImport

MEMBERS_SINCE = datetime.timedelta(days=680)


class DemoFailed(Exception):
    """The demo cannot be loaded; the message is a sentence for whoever started it."""


def begin(*, today):
    """The demo with its agenda and its director; `today` None means its own. Returns (initiative, director, today)."""
    told = story.read("initiative")
    values = dict(told["initiative"])
    days_ago = values.pop("days_ago")
    person = next(person for person in told["people"] if person["role"] == "director")
    director = find_or_make(email=person["email"], name=person["name"])
    # Whoever tries the demo may go on to an initiative of their own.
    director.may_start_initiatives = True
    director.save(update_fields=["may_start_initiatives"])
    initiative = start_initiative(values=values | {"is_demo": True}, by=director)
    today = today or initiative.today()
    first = moment(initiative=initiative, day=today - datetime.timedelta(days=days_ago))
    initiative.history.update(happened_at=first)
    Initiative.objects.filter(pk=initiative.pk).update(created_at=first)
    return initiative, director, today


def write_agenda(*, initiative, today, by):
    told = story.read("initiative")["agenda"]
    day = today - datetime.timedelta(days=told["days_ago"])
    texts = {name: told[name].strip() for name in ("problem", "population", "vision", "principles")}
    goals = [(goal["title"], goal["description"]) for goal in told["goals"]]
    with happening(initiative=initiative, day=day):
        agenda = agendas.write(initiative=initiative, version=0, texts=texts, goals=goals, by=by)
    initiative.agendas.filter(pk=agenda.pk).update(created_at=moment(initiative=initiative, day=day))


def import_roster(*, initiative, today, by):
    """The file goes the way of every file: received, checked, confirmed, imported. Returns the numbers added."""
    with happening(initiative=initiative, day=today - datetime.timedelta(days=700)):
        received = imports.receive(
            initiative=initiative, file_name="partners.csv", content=story.roster_file(today), by=by
        )
        imports.check(import_id=received.pk)
        received.refresh_from_db()
        imports.confirm(partner_import=received, by=by)
        imports.run(import_id=received.pk)
    received.refresh_from_db()
    if received.state != PartnerImport.State.DONE or received.report["refused"]:
        raise DemoFailed("A worker took the demo's roster, or its file is broken. Run this command again.")
    return received.added


def seat_groups(*, initiative, today, by):
    """Purposes, chairs and co-chairs, vacant seats and the wanted mix; the other seats came with the roster."""
    told = story.read("initiative")
    for group in told["groups"]:
        day = today - datetime.timedelta(days=group["days_ago"])
        row = initiative.groups.get(name=group["name"])
        with happening(initiative=initiative, day=day):
            row = groups.change(group=row, values={"purpose": group["purpose"], "starts_on": day}, by=by)
            for role, holders in group["seats"].items():
                _change_seats(row, holders, {"role": role}, by)
    lived = told["lived_experience"]
    with happening(initiative=initiative, day=today - datetime.timedelta(days=690)):
        _change_seats(initiative.groups.get(name=lived["group"]), lived["holders"], {"lived_experience": True}, by)
    _seat_nobody(initiative, told["vacant_seats"], today, by)
    with happening(initiative=initiative, day=today - datetime.timedelta(days=380)):
        _want(initiative, told["wanted_mix"], by)
        ending = told["ending_terms"]
        for email, days in ending["holders"].items():
            ends_on = today + datetime.timedelta(days=days)
            _change_seats(initiative.groups.get(name=ending["group"]), [email], {"ends_on": ends_on}, by)


def _seat_nobody(initiative, told, today, by):
    for seat in told:
        day = today - datetime.timedelta(days=seat["days_ago"])
        values = {
            "group": initiative.groups.get(name=seat["group"]),
            "sector": initiative.sectors.get(name=seat["sector"]),
            "lived_experience": seat["lived_experience"],
            "starts_on": day,
        }
        with happening(initiative=initiative, day=day):
            seats.give(initiative=initiative, values=values, by=by)


def _want(initiative, told, by):
    sectors = {sector.name: sector for sector in initiative.sectors.all()}
    for mix in told:
        wanted = {sectors[name]: number for name, number in mix["sectors"].items()}
        wanted[None] = mix["lived_experience"]
        groups.want(group=initiative.groups.get(name=mix["group"]), seats=wanted, by=by)


def _change_seats(group, holders, values, by):
    found = {seat.holder.email: seat for seat in group.seats.filter(holder__email__in=holders).select_related("holder")}
    for email in holders:
        seats.change(seat=found[email], values=values, by=by)


def admit_people(*, initiative, today, by):
    """Make the people members, and return them by key.

    Not through `memberships.invite`, which mails them and counts how often: the demo may be loaded again and again.
    """
    day = today - MEMBERS_SINCE
    with happening(initiative=initiative, day=day), transaction.atomic():
        people = {person["key"]: _admit(initiative, person, by) for person in story.read("initiative")["people"]}
        initiative.memberships.update(created_at=moment(initiative=initiative, day=day))
    return people


def _admit(initiative, person, by):
    user = find_or_make(email=person["email"], name=person["name"])
    if user != by:
        membership = Membership.objects.create(initiative=initiative, user=user, role=person["role"])
        after = {"email": user.email, "role": membership.role}
        history.record(initiative=initiative, verb="member_invited", target=membership, after=after, by=by)
    return user
