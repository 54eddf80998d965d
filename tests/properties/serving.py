"""Rounds of one initiative, run and closed by the real actions, and what every reader is served of them.

Figures are parsed from the answers to requests and from mails (`served.py`), never taken from the database. Only the public
publication is read as it was written, as long as no page shows it to everyone.
"""

import random
from functools import partial

from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from indicators.catalogue import catalogue
from indicators.models import Result
from initiatives.permissions import Role
from surveys.actions import conclusions, invitations, pooling
from surveys.actions.closing import close_round
from surveys.actions.telling import tell_of_results
from surveys.messages import message
from surveys.models import Invitation, Mailing, Round
from surveys.queries.conclusions import recipients
from surveys.queries.messages import RoundMessages
from surveys.queries.sending import still_wanted
from surveys.tokens import survey_token
from tests.conftest import client_of
from tests.factories import InitiativeFactory, MembershipFactory
from tests.surveys.closing_rounds import Roster, open_round

from . import served
from .attacker import attack
from .test_published_attacker import PARTS, REVERSE, Reader

CODES = ("GV1", "GV3", "SA1", "vision")
TITLES = ("First", "Second", "Third")
ASKED = "asked"
Mode, Kind = Round.Mode, Mailing.Kind


class Served:
    """One initiative whose rounds are closed one after the other, and what every role has read of it so far.

    `read[role]` holds statements as the attacker takes them, `read[ASKED]` those of people with a survey link, `public`
    those of the public publications; `letters[number]` are the mails of a round to those who were asked.
    """

    def __init__(self, people, threshold=5, roles=tuple(Role)):
        caches["pages"].clear()  # rows of the example before had the same keys
        self.initiative = InitiativeFactory(threshold=threshold, quiet_from=None, quiet_until=None, mail_gap_days=0)
        members = {role: MembershipFactory(initiative=self.initiative, role=role) for role in roles}
        self.clients = {role: client_of(member.user) for role, member in members.items()}
        self.emails = {member.user.email for member in members.values()}
        self.roster, self.readers, self.rounds, self.letters = Roster(self.initiative, people), [], [], []
        self.read, self.public, self._parsed = {role: {} for role in (*roles, ASKED)}, [], {}
        self.withdrawn, self.told_members = set(), []

    def close(self, answers, people, mode=Mode.CONFIDENTIAL):
        """Ask `people`; everybody looks while the round is open, and again when it is closed."""
        self.roster.people = [(c, *place[1:]) for (c, _, _), place in zip(self.roster.people, people, strict=True)]
        number, before = len(self.readers), self.readers[-1] if self.readers else None
        round = self._open(answers, TITLES[number], mode, ended_days_ago=300 - 100 * number)
        self.letters.append(self._asking_mails(round))
        self._look_around(["overview", "csv"])
        self.readers.append(Reader(number, people, answers, before))
        assert close_round(round_id=round.pk)
        self.rounds.append(Round.objects.get(pk=round.pk))
        self._member_mails(round)
        self.letters[-1] += self._closing_mails(self.rounds[-1])
        self.look(number)
        written = Result.objects.filter(publication=self.rounds[-1].public_publication_id)
        self.public += self.readers[-1].statements(written.select_related("publication"))

    def look(self, number):
        """Everybody reads everything that is served once the round with this number is closed."""
        self._look_around(["overview", *CODES, "csv", "xlsx"])
        round = Round.objects.get(pk=self.rounds[number].pk)
        self._look_at_the_survey_link(round)

    def withdraw(self, number, places):
        """These people take their answers back through their links; everybody looks again after each."""
        for place in places:
            invitation = self._invitation(number, place)
            address = f"/s/{survey_token(invitation.pk, invitation.link_version)}/withdraw/"
            assert Client().post(address).status_code == 302
            self.withdrawn.add((number, place))
            self.look(number)

    def _open(self, answers, title, mode, ended_days_ago):
        is_anonymous = mode == Mode.ANONYMOUS
        thanks = Round.Thanks.NEVER if is_anonymous else Round.Thanks.CLOSE
        said = [None] * len(answers) if is_anonymous else answers
        fields = {"title": title, "mode": mode, "thanks": thanks, "reminder_days": [7]}
        round = open_round(self.roster, said, ended_days_ago=ended_days_ago, **fields)
        for text in round.texts.all():
            words = message(text.kind, "en", is_anonymous=is_anonymous)
            round.texts.filter(pk=text.pk).update(subject=words.subject, body=words.body)
        if is_anonymous:
            pooling.prepare(round=round)
            self._gather(round, answers)
        return round

    def _gather(self, round, answers):
        asked = list(zip(round.invitations.order_by("pk"), answers, strict=True))
        random.Random(len(asked)).shuffle(asked)
        for invitation, each in asked:
            assert each is None or pooling.put(invitation=invitation, answers=each) is True

    def _invitation(self, number, place):
        return self.rounds[number].invitations.order_by("pk")[place]

    # What is mailed ---------------------------------------------------------------------------------------------

    def _asking_mails(self, round):
        """Notice and invitation before anybody has answered, a reminder to those who have not."""
        finished = list(round.invitations.filter(state=Invitation.State.FINISHED).values_list("pk", flat=True))
        round.invitations.update(state=Invitation.State.INVITED)
        for kind in (Kind.NOTICE, Kind.INVITATION):
            invitations.queue_once(round=round, kind=kind, invitations=round.invitations.all())
        leaving = self._leaving(round)
        round.invitations.filter(pk__in=finished).update(state=Invitation.State.FINISHED)
        invitations.queue_due_reminder(round_id=round.pk)
        return leaving + self._leaving(round)

    def _closing_mails(self, round):
        invitations.queue_thanks(round_id=round.pk)
        return self._leaving(round)

    def conclude(self, number):
        """Everyone who was asked is told what came of it."""
        round = self.rounds[number]
        conclusions.write(round=round, version=0, texts={"en": "We heard you."}, by=None)
        conclusions.publish(round=round, version=1, digest=recipients(round).digest, tells=True, by=None)
        conclusions.queue_results(round_id=round.pk)
        self.letters[number] += self._leaving(round)

    def told(self):
        """What mails say that reads like a figure, and kinds of mail in which people of one round read different words."""
        letters = [letter for of_round in self.letters for letter in of_round]
        own = {contact.email: _own(contact) for contact, _sector, _groups in self.roster.people}
        words = {(n, each.kind): each.words(*own[each.address]) for n, of in enumerate(self.letters) for each in of}
        unlike = [
            each
            for n, of_round in enumerate(self.letters)
            for each in of_round
            if each.words(*own[each.address]) != words[n, each.kind]
        ]
        return self.told_members + served.told_in_mails(letters) + unlike

    def _leaving(self, round):
        """The mails that are due now, as the mail server gets them."""
        messages, due = RoundMessages(round), round.mailings.filter(still_wanted(), state=Mailing.State.DUE)
        found = due.select_related("invitation").order_by("pk")
        letters = [served.letter(mailing.kind, messages.content_for(mailing)) for mailing in found]
        due.update(state=Mailing.State.SENT)
        return letters

    def _member_mails(self, round):
        """Everybody who can sign in is told that results are out."""
        mail.outbox.clear()
        tell_of_results(round_id=round.pk)
        assert {address for sent in mail.outbox for address in sent.to} == self.emails
        self.told_members += served.told_in_mails(mail.outbox)

    # What is served ---------------------------------------------------------------------------------------------

    def _look_around(self, kinds):
        for role, client in self.clients.items():
            for kind in kinds:
                for said in self._said(kind, self._get(client, self.address(kind))):
                    self._keep(role, said)

    def address(self, kind):
        pages = {"overview": "dashboard", "csv": "results-csv", "xlsx": "results-xlsx"}
        slug = self.initiative.slug
        if kind in pages:
            return reverse(f"backbone:{pages[kind]}", args=[slug])
        return reverse("backbone:dashboard-figure", args=[slug, kind])

    def _look_at_the_survey_link(self, round):
        invitation = round.invitations.first()
        address = f"/s/{survey_token(invitation.pk, invitation.link_version)}/results/"
        for said in self._said("results", self._get(Client(), address)):
            self._keep(ASKED, said)

    def _get(self, client, address):
        answer = client.get(address)
        assert answer.status_code == 200
        return answer.content

    def _said(self, kind, content):
        """What a page or file says, parsed once where all roles are served the same words."""
        if kind not in ("csv", "xlsx"):
            content = served.main_of(content.decode())
        key = (kind, content)
        if key not in self._parsed:
            self._parsed[key] = list(PARSERS[kind](content))
        return self._parsed[key]

    def _keep(self, role, said):
        for statement in self._statements(said):
            self.read[role].setdefault(str(sorted(statement.items(), key=str)), statement)

    def _statements(self, said):
        number = TITLES.index(said.round)
        reader = self.readers[number]
        about = {"series": said.code, "audience": "inside", "breakdown": said.breakdown, "cell": said.cell}
        about["figure"] = f"{number} {said.code}"
        if said.numbers:
            members = self._people(reader, said.code, said.numbers["n"], said.breakdown, said.cell)
            parts = [f"{number} {part}" for part in PARTS[said.code] if part != said.code]
            yield about | _turned(said) | {"members": members, "parts": parts}
        if said.previous:
            count, n = said.previous
            members = self._people(reader.before, said.code, n)
            yield about | {"figure": f"{number - 1} {said.code}", "members": members, "n": n, "count": count}
        if said.paired:
            yield from self._pairs(reader, said, about)

    def _people(self, reader, code, n, breakdown="", cell=""):
        """Of whom a figure of `n` speaks. The reader knows who withdrew, and tries without them as well."""
        members = reader.members(code, breakdown, cell)
        if len(members) != n:
            members = self._there(members)
        assert len(members) == n, (reader.number, code, breakdown, cell, n, members)
        return members

    def _there(self, members):
        return [person for person in members if person not in self.withdrawn]

    def _pairs(self, reader, said, about):
        """What two numbers tell of the same people in both rounds: how many at least and at most, and the difference."""
        n, rose, fell = said.paired
        then = {place for _, place in self._there(reader.before.members(said.code))}
        now = [person for person in reader.members(said.code) if person[1] in then]
        was = [(reader.before.number, place) for _, place in now]
        assert len(now) == n
        about |= {"n": n, "breakdown": "matched"}
        yield about | {"members": now, "between": [rose, n - fell]}
        yield about | {"figure": f"{reader.before.number} {said.code}", "members": was, "between": [fell, n - rose]}
        yield about | {"members": now, "less": was, "between": [rose - fell, rose - fell]}

    def organisations(self):
        return {person: who for reader in self.readers for person, who in reader.organisations().items()}

    def attack(self, reader, threshold):
        return attack([*self.read[reader].values(), *self.public], threshold, self.organisations())

    def attacks(self, threshold):
        """What any reader finds out; those who read the same are tried once."""
        found, tried = [], []
        for reader, read in self.read.items():
            if set(read) not in tried:
                tried.append(set(read))
                found += self.attack(reader, threshold)
        return found


def _own(contact):
    return contact.name, contact.name.split()[0], contact.organisation.name


LABELS = {str(indicator.label): indicator.code for indicator in catalogue()}
PARSERS = {"csv": served.from_csv, "xlsx": served.from_workbook, "overview": served.from_overview}
PARSERS |= {"results": partial(served.from_results_page, codes=LABELS)}
PARSERS |= {code: partial(served.from_figure_page, code=code) for code in CODES}


def _turned(said):
    """The numbers as the attacker takes them; answers to a reverse statement are turned."""
    numbers = dict(said.numbers)
    if "distribution" in numbers:
        turn = (lambda v: 6 - v) if said.code == REVERSE else (lambda v: v)
        numbers["distribution"] = [[turn(answer), people] for answer, people in numbers["distribution"]]
    return numbers
