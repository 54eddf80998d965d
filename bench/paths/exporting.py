"""Exporting the answers of a named round: ordered, made as the worker does it, kept in the database, and read back."""

import datetime
import resource
import tempfile
import time
from pathlib import Path

from django.utils import timezone

from bench import world
from bench.floors import exporting as floor
from bench.report import Goal, Row, alternating
from surveys import definition
from surveys.actions import exporting
from surveys.models import AnswersFile, Instrument, InstrumentVersion, Invitation, Round
from surveys.queries.answering import definition_of
from surveys.queries.releases import parts_of

COLUMNS, TEXTS, LANGUAGE = 150, 10, "en"
MOST_SECONDS, MOST_MEGABYTES = 60, 300
RUNS = 3
SIGNATURES = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK\x03\x04", "sav": b"$FL2"}


def measure(stage):
    initiative = world.make_initiative("Bright Futures")
    director = world.make_member(initiative, "director")
    round = _answered(initiative, world.make_contacts(initiative, stage.size(10_000, least=200)))
    codes, people = list(definition_of(round.instrument_version).question_of), round.responses.count()
    for format, signature in SIGNATURES.items():
        wrong = []

        def ours(format=format, signature=signature, wrong=wrong):
            file = _ordered(round, director, format, people)
            began = time.perf_counter()
            made = exporting.make(file_id=file.pk)
            spent = time.perf_counter() - began
            if not made or not next(parts_of(file), b"").startswith(signature):
                wrong.append("the file was not made")
            file.delete()
            return spent

        with stage.connect() as raw, tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "floor.csv"
            measured = alternating(ours, lambda raw=raw, path=path: floor.seconds(raw, round.pk, codes, path), RUNS)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if megabytes > MOST_MEGABYTES:
            wrong.append(f"more than {MOST_MEGABYTES} MB of memory")
        note = "; ".join([f"{people} people, {len(codes)} columns, {megabytes:.0f} MB of memory in all", *wrong[:2]])
        yield Row(f"exporting-{format}", "s", *measured, Goal(ours=MOST_SECONDS), None, note, sound=not wrong)


def _ordered(round, person, format, people):
    expires_at = timezone.now() + datetime.timedelta(hours=1)
    fields = {"format": format, "language": LANGUAGE, "rows": people, "expires_at": expires_at}
    return AnswersFile.objects.create(round=round, owner=person, **fields)


def _answered(initiative, contacts):
    round = world.make_round(initiative, state=Round.State.CLOSED)
    round.instrument_version = _version(initiative)
    round.mode, round.closed_at = Round.Mode.NAMED, timezone.now()
    round.save()
    world.respond(round, world.invite(round, contacts, state=Invitation.State.FINISHED))
    return round


def _version(initiative):
    """A questionnaire of 150 columns: ratings, and ten open questions."""
    content = definition.to_json(definition.load_shipped(world.INSTRUMENT))
    languages = content["languages"]
    items = [
        {"code": f"item_{n}", "text": dict.fromkeys(languages, f"Statement number {n}"), "indicators": ["GV3"]}
        for n in range(COLUMNS - TEXTS)
    ]
    words = dict.fromkeys(languages, "How much do you agree?")
    matrix = {"kind": "matrix", "code": "all", "text": words, "scale": content["scales"][0]["code"], "items": items}
    texts = [
        {"kind": "long_text", "code": f"words_{n}", "text": dict.fromkeys(languages, "In your own words?")}
        for n in range(TEXTS)
    ]
    content["sections"] = [{"code": "one", "title": words, "questions": [matrix, *texts]}]
    document = definition.parse(content | {"scales": content["scales"][:1]})
    instrument = Instrument.objects.create(initiative=initiative, code="wide")
    return InstrumentVersion.objects.create(
        instrument=instrument,
        number=1,
        definition=definition.to_json(document),
        digest=definition.digest(document),
    )
