"""A round as it really runs: sent, answered over HTTP in random order, with reminders between, counted daily, closed."""

import datetime
import html
import random
import re
import uuid

from django.test import Client
from django.utils import timezone

from surveys.actions import delivery, invitations, pooling, rounds, texts, withdrawing
from surveys.actions.closing import close_round
from surveys.models import Invitation, Mailing, Round
from surveys.queries.answering import definition_of
from surveys.queries.rosters import roster
from surveys.queries.texts import open_texts_of, review_of
from surveys.tokens import survey_token
from tests.factories import ContactFactory, OrganisationFactory
from tests.security.joining import Person, size_of_rows
from tests.surveys.factories import RoundFactory

CARRIED = re.compile(r'name="carried" value="([^"]*)"')
LANGUAGES = ["en"] * 6 + ["es"] * 3 + ["fr"]


def carried_in(answer):
    """The hidden field with the earlier pages; "" where the page has none."""
    found = CARRIED.search(answer.content.decode())
    return html.unescape(found[1]) if found else ""


class RunningRound:
    """`people` are all who are asked; `answer(person)` and `end()` are what happens."""

    def __init__(self, *, mode, number, seed, longest=4900, thanks=Round.Thanks.NEVER):
        self.random, self.longest = random.Random(seed), longest
        self.round = RoundFactory(
            state=Round.State.DRAFT, opened_at=None, prepared_at=None, mode=mode, thanks=thanks, reminder_days=[7]
        )
        initiative = self.round.initiative
        for _organisation in range(number // 3):
            organisation = OrganisationFactory(initiative=initiative)
            for _contact in range(3):
                ContactFactory(initiative=initiative, organisation=organisation, language=self.random.choice(LANGUAGES))
        rounds.send(round=self.round, digest=roster(self.round).digest, by=None)
        invitations.prepare(round_id=self.round.pk)
        self.mail()
        self.waiting = list(Invitation.objects.filter(round=self.round).order_by("pk"))
        self.random.shuffle(self.waiting)
        self.people = []

    def mail(self):
        Mailing.objects.filter(state=Mailing.State.DUE).update(due_at=timezone.now())
        while delivery.send_slice(round_id=self.round.pk):
            pass

    def let_answer(self, number):
        for invitation in self.waiting[:number]:
            secret = f"said-{uuid.UUID(int=self.random.getrandbits(128)).hex}"
            before = size_of_rows()
            self._answer(invitation, secret)
            growth = size_of_rows() - before
            person = (invitation.pk, invitation.contact_id, invitation.email, invitation.name)
            self.people.append(Person(*person, secret, len(self.people), growth))
            if self.round.thanks == Round.Thanks.SUBMIT:
                invitations.queue_thanks(round_id=self.round.pk)
                self.mail()
        del self.waiting[:number]

    def _answer(self, invitation, secret):
        browser, base = Client(), f"/s/{survey_token(invitation.pk, invitation.link_version)}/"
        browser.get(base)
        carried = carried_in(browser.get(f"{base}1/"))
        sections = definition_of(self.round.instrument_version).sections
        for number, section in enumerate(sections, start=1):
            go = "submit" if number == len(sections) else "next"
            data = {code: self._said(question, secret) for question in section.questions for code in question.codes}
            answer = browser.post(
                f"{base}{number}/?language={invitation.language}", data | {"go": go, "carried": carried}
            )
            carried = carried_in(answer)
        assert answer.status_code == 302

    def _said(self, question, secret):
        if question.kind != "long_text":
            return self.random.choice("12345")
        return secret + "." * self.random.randrange(self.longest)

    def remind(self):
        Round.objects.filter(pk=self.round.pk).update(opened_at=timezone.now() - datetime.timedelta(days=8))
        assert invitations.queue_due_reminder(round_id=self.round.pk) is True
        self.mail()

    def next_day(self):
        yesterday = timezone.now().date() - datetime.timedelta(days=1)
        Round.objects.filter(pk=self.round.pk).update(answered_counted_on=yesterday)
        pooling.count_daily(round_id=self.round.pk)

    def end(self):
        yesterday = timezone.now().date() - datetime.timedelta(days=2)
        Round.objects.filter(pk=self.round.pk).update(closes_on=yesterday)
        assert close_round(round_id=self.round.pk) is True

    def release_texts(self):
        """Everything people wrote is released, and then the time of their answers is over."""
        round = Round.objects.get(pk=self.round.pk)
        for asked in open_texts_of(round):
            digest = review_of(round, asked).digest
            texts.release(round=round, asked=asked, digest=digest, by=None)
        long_ago = timezone.now() - datetime.timedelta(days=800)
        Round.objects.filter(pk=round.pk).update(closed_at=long_ago)
        assert withdrawing.delete_old_answers(round_id=round.pk) is True
