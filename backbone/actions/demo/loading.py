"""Loading the demo from beginning to end, in short transactions. What a killed load left behind is deleted first."""

import datetime
from collections import Counter

from backbone.actions.demo.activities import log_year
from backbone.actions.demo.beginning import admit_people, begin, import_roster, seat_groups, write_agenda
from backbone.actions.demo.decisions import decide
from backbone.actions.demo.effort import plan_effort
from backbone.actions.demo.evidence import write_evidence
from backbone.actions.demo.follow_ups import hold_digests, write_action_items, write_commitments
from backbone.actions.demo.meetings import meet
from backbone.actions.demo.milestones import reach_milestones
from backbone.actions.demo.minutes import write_minutes
from backbone.actions.demo.past import happening
from backbone.actions.demo.policy import write_policy
from backbone.actions.demo.resources import write_resources
from backbone.actions.demo.rolls import take_rolls
from backbone.actions.demo.rounds import name_steward, publish_instruments, repeat, run_round
from backbone.actions.demo.stories import tell_stories
from backbone.actions.log_figures import count_log
from backbone.demo import story
from backbone.queries.demo import DEMO_LOADED, is_complete, unfinished_demos
from core.doorbell import quiet
from initiatives.actions import history
from initiatives.actions.initiatives import delete_demo


def load(*, today=None, say=print):
    """Load the demo as if today were `today` (its own date unless given). Returns the initiative, None if it is there.

    Nobody is mailed, and no worker is needed. `say` is told of each step in a sentence.
    """
    if is_complete():
        return None
    with quiet():
        for rest in unfinished_demos():
            say("Clearing away a demo that was not loaded to its end.")
            delete_demo(initiative=rest)
        return _load(today, say)


def _load(today, say):
    initiative, director, today = begin(today=today)
    write_agenda(initiative=initiative, today=today, by=director)
    added = import_roster(initiative=initiative, today=today, by=director)
    say(f"{added['contacts']} contacts at {added['organisations']} organisations came from a file.")
    seat_groups(initiative=initiative, today=today, by=director)
    _run_rounds(initiative, today, say, director)
    people = admit_people(initiative=initiative, today=today, by=director)
    name_steward(initiative=initiative)
    hold_digests(initiative=initiative, today=today)
    say(f"{decide(initiative=initiative, people=people, today=today)} decisions were raised.")
    say(f"{meet(initiative=initiative, people=people, today=today)} meetings were planned.")
    say(f"{take_rolls(initiative=initiative, people=people, today=today)} rolls were taken.")
    say(f"{write_minutes(initiative=initiative, people=people, today=today)} minutes were approved.")
    number = write_action_items(initiative=initiative, people=people, today=today)
    say(f"{number} action items were written down.")
    number = write_commitments(initiative=initiative, people=people, today=today)
    say(f"{number} promises of partners were written down.")
    _write_entries(initiative, people, today, say)
    say(f"{log_year(initiative=initiative, people=people, today=today)} activities were logged.")
    plan_effort(initiative=initiative, today=today, by=director)
    with happening(initiative=initiative, day=today - datetime.timedelta(days=1)):
        count_log(initiative_id=initiative.pk, today=today)
    history.record(initiative=initiative, verb=DEMO_LOADED, target=initiative, by=None)
    return initiative


def _write_entries(initiative, people, today, say):
    """What happened out there, and how far the initiative has come."""
    who = {"initiative": initiative, "people": people, "today": today}
    say(f"{write_policy(**who)} policy items were followed.")
    evidence = write_evidence(**who)
    say(f"{len(evidence)} evidence entries were written down.")
    say(f"{tell_stories(**who, evidence=evidence)} stories were told.")
    say(f"{write_resources(**who)} resources were written down.")
    say(f"{reach_milestones(**who, evidence=evidence)} milestones were set.")


def _run_rounds(initiative, today, say, by):
    versions, before = publish_instruments(initiative=initiative, today=today, by=by), Counter()
    for told in story.read("rounds")["rounds"]:
        number = before[told["instrument"]]
        round = run_round(initiative=initiative, told=told, versions=versions, number=number, today=today, by=by)
        before[told["instrument"]] += 1
        say(f"{round.title}: {_answered(round)} of {round.invitations.count()} answered.")
    repeat(round=round, by=by)


def _answered(round):
    return round.answered_daily if round.is_anonymous else round.responses.filter(submitted_at__isnull=False).count()
