"""Partners answer while staff import a large roster: on SQLite both want to write, and nobody may be turned away."""

import threading

import pytest
from django.db import connection
from django.test import Client

from partners.actions import imports
from partners.models import PartnerImport
from surveys.models import Response
from surveys.queries.answering import definition_of
from surveys.tokens import survey_token
from tests.factories import InitiativeFactory
from tests.surveys.factories import InvitationFactory, RoundFactory

ROWS = 5_000


def checked_import(initiative):
    rows = [f"Organisation {n // 3},Sector {n % 7},Person {n},person{n}@org.example" for n in range(ROWS)]
    content = "\n".join(["Organisation,Sector,Name,E-mail", *rows]).encode()
    received = imports.receive(initiative=initiative, file_name="roster.csv", content=content, by=None)
    imports.check(import_id=received.pk)
    PartnerImport.objects.update(state=PartnerImport.State.CONFIRMED)
    return received


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_answering_goes_on_while_5000_rows_are_imported():
    waiting, over, answers = InvitationFactory.create_batch(12, round=RoundFactory()), threading.Event(), []
    partner_import = checked_import(InitiativeFactory())
    last = len(definition_of(waiting[0].round.instrument_version).sections)

    def answer():
        for number, invitation in enumerate(waiting):
            base = f"/s/{survey_token(invitation.pk, invitation.link_version)}"
            go = "submit" if number % 2 else "save"
            answers.append(
                (Client().post(f"{base}/{last}/", {"comment": "typed", "go": go}).status_code, over.is_set())
            )
        connection.close()

    partners = threading.Thread(target=answer)
    partners.start()
    try:
        assert imports.run(import_id=partner_import.pk) is True
        over.set()
    finally:
        partners.join()
    assert {status for status, _after in answers} == {302}
    assert sum(not after for _status, after in answers) >= 6, "the import was over before anybody answered"
    assert Response.objects.filter(answers={"comment": "typed"}).count() == len(waiting)
