"""The demo: loaded once for this module through the very command, looked at by everybody, deleted and loaded again."""

import datetime
from collections import Counter
from types import SimpleNamespace

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from backbone.actions.demo import loading
from backbone.actions.demo.beginning import begin, import_roster
from backbone.models import Activity, Evidence, PolicyStage, Resource, StorySignOff
from backbone.queries.activities import last_months, minutes_by_month, total_by_function
from backbone.queries.dashboard import figures_of
from backbone.queries.decisions import state_of
from backbone.queries.digest import digests_due
from backbone.queries.evidence import sourced
from backbone.queries.reminders import reminders_due
from backbone.queries.story_sign_offs import stories_with_mails_to_send
from core import outbox
from indicators.catalogue import AUDIENCES, catalogue
from indicators.models import Publication
from initiatives.actions.initiatives import delete_demo
from initiatives.models import Initiative, within
from initiatives.permissions import Role
from surveys.models import Mailing, Response, Round
from surveys.queries.plans import plans_to_draft
from tests.architecture.doors import models_above_the_door
from tests.backbone.test_demo_command import command, survey_links
from tests.transactions import watched

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MODELS = ["shared_data_system", "readiness", "collective_impact"]
ROLES = [Role.DIRECTOR, Role.STAFF, Role.COMMITTEE, Role.CO_CHAIR]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo with what loading it said, the transactions that took too long and the mails it sent."""
    with django_db_blocker.unblock():
        before = len(mail.outbox) + len(outbox.names())
        with watched() as findings:
            lines = command("--first-run")
        mails = len(mail.outbox) + len(outbox.names()) - before
        yield SimpleNamespace(lines=lines, findings=findings, mails=mails)
        delete_demo(initiative=Initiative.objects.get(is_demo=True))


@pytest.fixture
def demo(loaded, db):
    return Initiative.objects.get(is_demo=True)


@pytest.fixture
def debug(settings):
    """Tests run as in production; the demo exists only where DEBUG is on."""
    settings.DEBUG = True


def rows_of(initiative):
    """How many rows of each model belong to an initiative."""
    return {
        model._meta.label: within(model._base_manager.all(), initiative).count() for model in models_above_the_door()
    }


def test_whoever_only_looks_at_the_demo_mails_nobody_by_itself(demo):
    """Neither reminders nor the digest of the week leave on the day of loading, at any hour of any zone."""
    for hour in range(0, 24, 3):
        moment = datetime.datetime.combine(demo.today(), datetime.time(hour), tzinfo=demo.zone)
        assert reminders_due(now=moment, initiative=demo) == []
        assert [member for member, _week in digests_due(now=moment) if member.initiative_id == demo.pk] == []


def test_loading_tells_each_step_in_short_transactions_and_mails_nobody(loaded, db):
    assert loaded.lines[0] == "143 contacts at 60 organisations came from a file."
    assert len([line for line in loaded.lines if line.endswith("answered.")]) == 10
    assert loaded.lines[-2] == "212 activities were logged."
    assert (loaded.findings, loaded.mails) == ([], 0)


def test_demo_is_of_the_size_of_a_real_initiative(demo):
    assert (demo.contacts.count(), demo.organisations.count(), demo.sectors.count()) == (143, 60, 10)
    assert sorted(demo.groups.values_list("kind", flat=True)) == ["steering_committee", *["working_group"] * 4]
    assert demo.rounds.filter(state=Round.State.CLOSED).count() == 9
    assert demo.rounds.filter(state=Round.State.OPEN).count() == 1
    assert demo.goals.count() == 4


def test_decisions_of_two_years_are_decided_open_overdue_and_to_be_reviewed(demo):
    states = [state_of(decision, demo.today()) for decision in demo.decisions.all()]
    assert {state: states.count(state) for state in set(states)} == {"decided": 9, "review": 2, "open": 2, "overdue": 2}
    assert all(decision.owner and decision.created_at.date() == decision.raised_on for decision in demo.decisions.all())
    told = demo.history.filter(verb="decision_recorded").order_by("pk").first()
    assert told.happened_at.astimezone(demo.zone).date().isoformat() == told.after["decided_on"]


def test_evidence_is_of_every_kind_and_two_entries_have_no_source(demo):
    kinds = Counter(demo.evidence.values_list("kind", flat=True))
    assert (sum(kinds.values()), min(kinds.values()), set(kinds)) == (38, 5, set(Evidence.Kind.values))
    assert demo.evidence.count() - sourced(demo.evidence.all()).count() == 2
    assert demo.evidence.filter(partners=None).count() == 0
    # Whatever day the demo is loaded on: one of each kind in the quarter that runs or in the one before.
    recent = demo.evidence.filter(happened_on__gte=demo.today() - datetime.timedelta(days=89))
    assert set(sourced(recent).values_list("kind", flat=True)) == set(Evidence.Kind.values)
    actions = demo.evidence.filter(kind="community_action")
    assert [each for each in actions if each.people_least is None] == []


def test_stories_are_shared_wait_for_a_partner_and_are_to_be_changed(demo):
    said = {row.title: Counter(sign_off.state for sign_off in row.sign_offs.all()) for row in demo.stories.all()}
    assert said == {
        "How sixteen tutors came to where they were needed": {"agreed": 2},
        "A bus that runs after seven": {"agreed": 1, "waiting": 1},
        "One report instead of five": {"agreed": 1, "change_asked": 1},
    }
    assert [row.title for row in demo.stories.exclude(shared_at=None)] == [
        "How sixteen tutors came to where they were needed"
    ]
    assert stories_with_mails_to_send() == []
    assert set(StorySignOff.objects.filter(story__initiative=demo).values_list("mail", flat=True)) == {"sent"}
    told = demo.history.get(verb="story_shared")
    assert told.happened_at == demo.stories.exclude(shared_at=None).get().shared_at


def test_policy_was_won_lost_amended_and_thrown_back(demo):
    ways = {item.title: [stage.stage for stage in item.stages.all()] for item in demo.policy_items.all()}
    assert Counter(way[-1] for way in ways.values()) == {
        "adopted": 2,
        "in_force": 1,
        "lost": 2,
        "drafted": 1,
        "idea": 1,
    }
    assert ways["State money to match what employers pay interns"] == ["idea", "drafted", "introduced", "drafted"]
    amended = PolicyStage.objects.filter(policy_item__initiative=demo, note__startswith="Amended").get()
    assert amended.policy_item.stages.filter(reached_on=amended.reached_on).count() == 2
    assert demo.target_audiences.count() == 5
    assert demo.activities.exclude(target_audiences=None).count() == 16


def test_resources_are_of_every_kind_in_two_currencies_and_some_never_came(demo):
    certain = Counter(resource.certainty_on(demo.today()) for resource in demo.resources.all())
    assert certain == {"received": 12, "fell_through": 3, "pledged": 1, "asked": 1}
    for field in ("kind", "origin", "source", "recipient"):
        choices = Resource._meta.get_field(field).choices
        assert set(demo.resources.values_list(field, flat=True)) == {value for value, _label in choices}
    assert set(demo.resources.values_list("currency", flat=True)) == {"USD", "CAD", ""}
    recent = demo.resources.filter(received_on__gte=demo.today() - datetime.timedelta(days=89))
    assert set(recent.values_list("origin", flat=True)) == {"new", "redirected"}


def test_milestones_go_forward_and_once_back(demo):
    ways = {model: [row.stage for row in demo.milestones.filter(model=model)] for model in MODELS}
    assert ways == {
        "shared_data_system": ["none", "in_design", "in_development"],
        "readiness": ["exploring", "preparing", "ready"],
        "collective_impact": ["assess_readiness", "initiate", "organise", "initiate", "organise"],
    }
    assert demo.phase_model.model == "collective_impact"
    assert demo.milestones.exclude(reviewed_by=None).filter(model="shared_data_system").count() == 2
    assert set(demo.criterion_reviews.values_list("status", flat=True)) == {"not_yet", "partly", "met"}


def test_what_was_written_down_is_told_by_history_on_its_day(demo):
    told = {entry.object_id: entry for entry in demo.history.filter(verb="evidence_added")}
    days = [
        (told[row.pk].happened_at.astimezone(demo.zone).date() - row.happened_on).days for row in demo.evidence.all()
    ]
    assert [each for each in days if not 0 <= each <= 4] == []
    for stage in PolicyStage.objects.filter(policy_item__initiative=demo):
        assert stage.created_at.astimezone(demo.zone).date() == stage.reached_on


def test_activities_are_of_every_kind_and_every_level_of_engagement(demo):
    kinds = Counter(demo.activities.values_list("kind", flat=True))
    assert kinds == {"work": 166, "engagement": 17, "communication": 10, "achievement": 8, "assistance": 11}
    engaging = demo.activities.filter(kind="engagement", people_least__isnull=False)
    assert set(engaging.values_list("engagement_level", flat=True)) == set(Activity.EngagementLevel.values)


def test_past_rounds_were_answered_by_about_two_thirds(demo):
    rates = [round.publication.response["persons"]["rr2"]["percent"] for round in demo.rounds.exclude(publication=None)]
    assert [rate for rate in rates if not 60 <= rate <= 75] == []
    outcomes = demo.rounds.get(title="Partner survey, third round").publication.response["persons"]
    assert [name for name in ("complete", "partial", "break_off", "bounced", "opted_out") if not outcomes[name]] == []


def test_third_round_shows_every_verdict(demo):
    results = demo.rounds.get(title="Partner survey, third round").publication.results
    figures = results.filter(kind="indicator", breakdown="", is_shown=True)
    verdicts = dict(figures.values_list("code", "shown__change__verdict"))
    assert (verdicts["SA4"], verdicts["SA7"], verdicts["SM5"]) == ("up", "down", "no_clear_change")
    assert results.filter(breakdown="sector", kind="indicator", is_shown=True).exists()


def test_whoever_is_asked_about_the_backbone_has_answered_and_may_be_shown(demo):
    """Every indicator that somebody is asked about has a figure of the whole round."""
    closed = demo.publications.filter(source_kind="survey", reader_level="inside")
    shown = closed.filter(results__breakdown="", results__kind="indicator", results__is_shown=True)
    found = set(shown.values_list("audience", "results__code"))
    asked = {(who, each.code) for who in AUDIENCES for each in catalogue().asked_of(who)}
    assert found >= asked


def test_every_indicator_has_a_figure_from_one_of_its_sources(demo):
    """Of the log, whenever the demo is loaded; what measures bring in (SM3) comes with them."""
    found = figures_of(demo, last_months(demo.today()))
    cards = [card for function in found.functions for card in function.indicators] + found.governance
    assert len(cards) == len(catalogue())
    assert [card.code for card in cards if not card.has_data] == []
    empty = {(card.code, figure.source) for card in cards for figure in card.figures if figure.state == "empty"}
    assert empty == {("SM3", "log")}


def test_nothing_is_left_to_be_sent(demo):
    waiting = Mailing.objects.exclude(state__in=[Mailing.State.SENT, Mailing.State.BOUNCED])
    assert waiting.filter(round__initiative=demo).exclude(state=Mailing.State.STOPPED).count() == 0
    open_round = demo.rounds.get(state=Round.State.OPEN)
    assert open_round.reminders_queued == len(open_round.reminder_days)


@pytest.mark.parametrize("role", ROLES)
def test_one_click_on_the_sign_in_page_leads_to_the_dashboard(demo, debug, client, role):
    assert f'action="/demo/signin/{role}/"' in client.get("/accounts/login/").content.decode()
    page = client.post(f"/demo/signin/{role}/", follow=True)
    assert (page.status_code, page.request["PATH_INFO"]) == (200, f"/i/{demo.slug}/")


def test_survey_link_opens_a_partners_survey(demo, debug, client):
    link = survey_links(client.get("/accounts/login/"))[0]
    page = client.get(link)
    assert page.status_code == 200
    assert "How well are we working together?" in page.content.decode()
    assert client.get(f"{link}1/").status_code == 200


def test_a_partner_of_the_demo_looks_at_the_results(demo, debug, client):
    link = survey_links(client.get("/accounts/login/"))[1]
    page = client.get(link)
    assert (page.status_code, link.endswith("/results/")) == (200, True)
    assert "One shared report for all funders" in page.content.decode()


def test_every_closed_round_of_the_demo_was_told_of(demo):
    closed = demo.rounds.filter(state="closed")
    assert [round.conclusion.told_at is None for round in closed] == [False] * 9
    assert {mailing.state for round in closed for mailing in round.mailings.filter(kind="results")} == {"sent"}


def test_survey_link_is_for_this_machine_and_the_demo_only(demo, debug, client, settings):
    assert survey_links(client.get("/accounts/login/", REMOTE_ADDR="10.1.2.3")) == []
    settings.DEMO = False
    assert survey_links(client.get("/accounts/login/")) == []


@pytest.mark.parametrize("path", ["partners/", "partners/groups/", "rounds/", "activities/", "activities/time/"])
def test_pages_of_the_demo_open_for_staff(demo, debug, client, path):
    client.post("/demo/signin/staff/")
    assert client.get(f"/i/{demo.slug}/{path}").status_code == 200


def test_minutes_of_the_functions_add_up_to_the_time_of_the_staff(demo):
    by_month = minutes_by_month(demo, *last_months(demo.today(), 13))
    logged = sum(row.minutes * row.people.count() for row in demo.activities.prefetch_related("people"))
    by_function = total_by_function(by_month)
    assert sum(by_function.values()) == logged
    assert set(by_function) == {"vision", "alignment", "measurement", "community", "policy", "resources"}


def test_everything_happened_before_today(demo):
    today, now = demo.today(), timezone.now()
    year = today - datetime.timedelta(days=366)
    assert demo.activities.exclude(held_on__range=(year, today)).count() == 0
    assert Response.objects.filter(round__initiative=demo, saved_at__gt=now).count() == 0
    assert demo.history.filter(happened_at__gt=now).count() == 0
    late = demo.history.filter(happened_at__gt=now - datetime.timedelta(hours=1)).exclude(verb="activity_logged")
    assert set(late.values_list("verb", flat=True)) == {"demo.loaded"}


def test_publications_carry_the_days_of_their_round(demo):
    for round in demo.rounds.exclude(publication=None):
        publication = round.publication
        assert (publication.starts_on, publication.ends_on) == (round.opens_on, round.closes_on)
        assert publication.published_at == round.closed_at == round.closes_at + datetime.timedelta(minutes=1)


def test_loading_twice_changes_nothing(demo):
    before = rows_of(demo)
    assert command() == ["The demo is already here. Its director can delete it under Settings."]
    assert command("--first-run") == []
    assert rows_of(demo) == before


def test_demo_is_deleted_to_the_last_row_and_loads_again_after_a_load_that_was_cut_off(demo):
    kept = list(demo.activities.values_list("title", flat=True))
    publications = Publication.objects.filter(initiative=demo, source_kind="survey").count()
    delete_demo(initiative=demo)
    assert set(rows_of(demo).values()) == {0}
    assert (User.objects.count(), Initiative.objects.count()) == (0, 0)

    today = datetime.datetime.now(demo.zone).date() - datetime.timedelta(days=5)
    cut_off, director, _today = begin(today=today)
    import_roster(initiative=cut_off, today=today, by=director)
    again = loading.load(today=today, say=lambda line: None)
    assert list(Initiative.objects.all()) == [again]
    # Five days earlier everything lies five days earlier, weekends apart, and says the same.
    assert sorted(again.activities.values_list("title", flat=True)) == sorted(kept)
    # How many periods the log has depends on the day of the month.
    assert again.publications.filter(source_kind="survey").count() == publications
    assert again.rounds.get(title="Partner survey, third round").opens_on == today - datetime.timedelta(days=196)


def test_partner_survey_comes_round_in_half_a_year_and_nothing_is_due_yet(demo):
    plan = demo.round_plans.get()
    last = demo.rounds.get(title="Partner survey, fourth round")
    days = (plan.next_opening(demo.today()) - last.opens_on).days
    assert (plan.instrument, 180 <= days <= 186) == (last.instrument_version.instrument, True)
    assert plans_to_draft() == []
    assert all(minutes > 0 for minutes in demo.rounds.values_list("minutes", flat=True))
