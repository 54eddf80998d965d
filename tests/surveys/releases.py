"""Closed rounds whose answers may leave, and what came out."""

import csv
import io
import tempfile
from pathlib import Path

import pyreadstat
from django.urls import reverse
from python_calamine import CalamineWorkbook

from surveys import definition
from surveys.actions import exporting
from surveys.models import AnswersFile, Round
from tests.surveys.closing_rounds import open_round, plain_roster, small_definition, words
from tests.surveys.factories import InstrumentFactory, InstrumentVersionFactory

HOSTILE = '=HYPERLINK("http://evil.example","click")'
CHOICE = {
    "kind": "single_choice",
    "code": "since",
    "text": words("Since when?"),
    "options": [{"code": "old", "text": words("Long")}, {"code": "new", "text": words("This year")}],
}
TEXT = {"kind": "long_text", "code": "by", "text": words("Anything else?")}
CODES = ["gv1_a", "gv1_b", "gv3_a", "sa1_a", "since", "by"]


def full_version(initiative):
    """The small questionnaire with a choice and an open question; the code of the latter is a word of SPSS."""
    content = small_definition()
    content["sections"][0]["questions"] += [CHOICE, TEXT]
    content = definition.to_json(definition.parse(content))
    digest = definition.digest(definition.parse(content))
    instrument = InstrumentFactory(initiative=initiative, code=f"full-{digest[:6]}")
    return InstrumentVersionFactory(instrument=instrument, definition=content, digest=digest)


def everybody_says(people, *, new=0):
    """Answers of so many: ratings that differ, a choice (`new` of them made the other one), and words of their own."""
    return [
        {
            "gv1_a": 1 + n % 5,
            "gv1_b": "dk" if n % 4 == 0 else 2,
            "gv3_a": "na" if n % 5 == 0 else 4,
            "since": "new" if n < new else "old",
            "by": HOSTILE if n == 0 else f"Words of person {n}",
        }
        for n in range(people)
    ]


def closed_round(initiative, *, people=12, new=0, steward=None, per_organisation=1, **fields):
    """A closed round in which all have answered; its first page named `steward` (a user) if there is one."""
    roster = plain_roster(initiative, people, sector="Health", per_organisation=per_organisation)
    answers = everybody_says(people, new=new)
    fields |= {"steward": steward, "steward_name": str(steward) if steward else "", "threshold": 5}
    round = open_round(roster, answers, version=full_version(initiative), **fields)
    Round.objects.filter(pk=round.pk).update(state=Round.State.CLOSED, closed_at=round.closes_at)
    round.refresh_from_db()
    return round


def address(name, round, *arguments):
    return reverse(f"surveys:{name}", args=[round.initiative.slug, *(arguments or [round.pk])])


def ordered(client, round, format="csv"):
    """Order a file as the page does, and do the worker's part. Returns the AnswersFile."""
    client.post(address("file-order", round), {"format": format})
    file = AnswersFile.objects.filter(owner=client.user).first()
    exporting.make(file_id=file.pk)
    return file


def download(client, file):
    return client.post(reverse("surveys:file-download", args=[file.round.initiative.slug, file.key]))


def content_of(client, round, format="csv"):
    answer = download(client, ordered(client, round, format))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content):
    """{name of sheet: rows}, as a spreadsheet program reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def spss(content):
    """(columns by name as lists, metadata), as SPSS reads them; user-missing values are kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        path.write_bytes(content)
        return pyreadstat.read_sav(path, output_format="dict", user_missing=True)
