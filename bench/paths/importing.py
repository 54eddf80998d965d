"""Importing partners: received, checked, confirmed and written as the worker does it, with matching and history."""

import itertools
import resource
import time

from bench import world
from bench.floors import importing as floor
from bench.report import Goal, Row, alternating
from partners.actions import imports
from partners.models import PartnerImport

KNOWN = 0.08
MOST_MEGABYTES = 300


def measure(stage):
    people = stage.size(10_000, least=200)
    content, numbers, wrong = _file(people), itertools.count(), []

    def ours():
        initiative = world.make_initiative(f"Valley {next(numbers)}")
        began = time.perf_counter()
        received = imports.receive(initiative=initiative, file_name="partners.csv", content=content, by=None)
        imports.check(import_id=received.pk)
        imports.confirm(partner_import=PartnerImport.objects.get(pk=received.pk), by=None)
        imports.run(import_id=received.pk)
        spent = time.perf_counter() - began
        if initiative.contacts.count() != people:
            wrong.append(f"{initiative.contacts.count()} of {people} contacts were written")
        return spent

    with stage.connect() as raw:
        raw.execute(floor.TABLES)
        floor.seconds(raw, content)
        measured = alternating(ours, lambda: floor.seconds(raw, content))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if megabytes > MOST_MEGABYTES:
        wrong.append(f"more than {MOST_MEGABYTES} MB of memory")
    note = "; ".join([f"{people} partners, {megabytes:.0f} MB of memory in all", *wrong[:2]])
    yield Row("importing", "s", *measured, Goal(most=30), KNOWN if people == 10_000 else None, note, sound=not wrong)


def _file(people):
    lines = ["Organization,Sector,Name,E-mail,Role"]
    lines += [
        f"Organisation {place // 4},Sector {place // 4 % 8},Person Number{place},person{place}@partner.example,Coordinator"
        for place in range(people)
    ]
    return ("\r\n".join(lines) + "\r\n").encode()
