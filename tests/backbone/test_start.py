"""The front door, the first hour and the way into the demo."""

import pytest
from django.test import Client

from backbone.queries.first_hour import first_hour, next_index
from initiatives.models import HistoryEntry, Initiative, Membership
from initiatives.permissions import Role
from tests.conftest import client_of
from tests.factories import ContactFactory, InitiativeFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
VALLEY = {
    "name": "Valley",
    "slug": "",
    "time_zone": "Europe/Paris",
    "default_language": "fr",
    "currency": "EUR",
    "fiscal_year_starts_in": "1",
}


@pytest.fixture
def founder():
    return client_of(UserFactory(may_start_initiatives=True))


def test_signed_out_meet_the_sign_in_page(client):
    assert client.get("/").url == "/accounts/login/?next=/"


def test_member_of_one_initiative_goes_straight_in(director, initiative):
    assert director.get("/").url == "/i/bright-futures/"


def test_member_of_several_chooses_from_own_ones(director, other_initiative):
    InitiativeFactory(name="Not mine")
    MembershipFactory(user=director.user, initiative=other_initiative, role=Role.FUNDER)
    page = director.get("/").content.decode()
    assert [name in page for name in ("Bright Futures", "Other Valley", "Not mine")] == [True, True, False]


def test_member_of_none_is_told_what_to_do(stranger, founder):
    assert stranger.user.email in stranger.get("/").content.decode()
    assert "/start/" not in stranger.get("/").content.decode()
    assert "/start/" in founder.get("/").content.decode()


def test_founder_starts_an_initiative(founder):
    assert founder.post("/start/", VALLEY).url == "/i/valley/"
    member = Membership.objects.get()
    assert (member.user, member.role, member.initiative.currency) == (founder.user, "director", "EUR")
    assert founder.get("/i/valley/").status_code == 200


def test_others_do_not_start_one(stranger):
    page = stranger.post("/start/", VALLEY)
    assert page.status_code == 403
    assert "You may not start an initiative yet." in page.content.decode()
    assert Initiative.objects.count() == 0


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"slug": "bright-futures"}, "Another initiative uses this short name"),
        ({"slug": "no blanks"}, "Use only small letters, digits and hyphens"),
        ({"currency": "EURO"}, "at most 3 characters"),
        ({"time_zone": ""}, "required"),
    ],
)
def test_bad_start_is_shown_with_what_was_typed(founder, initiative, bad, sentence):
    page = founder.post("/start/", VALLEY | bad).content.decode()
    assert sentence in page
    assert 'value="Valley"' in page
    assert (Initiative.objects.count(), HistoryEntry.objects.count()) == (1, 0)


def test_start_needs_a_csrf_token(founder):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(founder.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post("/start/", VALLEY).status_code == 403
    assert Initiative.objects.count() == 0


def test_first_hour_goes_step_by_step(initiative):
    def done():
        steps = first_hour(initiative)
        return [step.code for step in steps if step.done], next_index(steps)

    assert done() == ([], 0)
    initiative.agendas.create(number=1, vision="All read.")
    assert done() == (["agenda"], 1)
    ContactFactory(initiative=initiative)
    assert done() == (["agenda", "import"], 2)
    survey = make_round(initiative)
    assert done() == (["agenda", "import", "round"], 3)
    survey.state = survey.State.OPEN
    survey.save()
    assert done() == (["agenda", "import", "round", "preview", "send"], None)


def test_an_activity_is_logged_from_the_overview_once_the_first_survey_is_out(director, initiative):
    address = f"/i/{initiative.slug}/activities/new/"
    survey = make_round(initiative)

    def overview():
        """Without the navigation, where the address stands on every page."""
        return director.get(f"/i/{initiative.slug}/").content.decode().partition("<main")[2]

    assert address not in overview()
    initiative.agendas.create(number=1, vision="All read.")
    ContactFactory(initiative=initiative)
    survey.state = survey.State.OPEN
    survey.save()
    assert address in overview()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_start_proposes_the_zone_of_the_device(browser, live_server, founder):
    context = browser.new_context(base_url=live_server.url, timezone_id="America/Lima")
    context.add_cookies([{"name": "sessionid", "value": founder.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/start/")
    assert page.locator("[name=time_zone]").input_value() == "America/Lima"
    context.close()


def test_first_hour_leads_to_the_pages_that_do_each_step(director, initiative):
    ways = [step.url.removeprefix("/i/bright-futures/") for step in first_hour(initiative)]
    assert ways == ["settings/agenda/edit/", "partners/imports/new/", "rounds/new/", "", ""]
    survey = make_round(initiative)
    ways = [step.url.removeprefix("/i/bright-futures/") for step in first_hour(initiative)]
    assert ways[3:] == [f"rounds/{survey.pk}/preview/", f"rounds/{survey.pk}/"]


def make_round(initiative):
    from surveys.models import Instrument, InstrumentVersion, Round

    instrument = Instrument.objects.create(initiative=initiative, code="partners", audience="partners")
    version = InstrumentVersion.objects.create(instrument=instrument, number=1, definition={}, digest="x")
    return Round.objects.create(
        initiative=initiative,
        instrument_version=version,
        title="Spring",
        closes_on="2026-12-31",
        sender_name="Backbone",
        reply_to="backbone@example.org",
    )


def test_first_hour_of_one_initiative_knows_nothing_of_another(initiative, other_initiative):
    other_initiative.agendas.create(number=1)
    ContactFactory(initiative=other_initiative)
    make_round(other_initiative)
    assert [step.done for step in first_hour(initiative)] == [False] * 5


@pytest.fixture
def debug(settings):
    """Tests run as in production; the demo exists only where DEBUG is on."""
    settings.DEBUG = True


def demo_with(*roles):
    demo = InitiativeFactory(name="Demo", slug="demo", is_demo=True)
    return demo, {role: MembershipFactory(initiative=demo, role=role) for role in roles}


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.STAFF, Role.COMMITTEE, Role.CO_CHAIR])
def test_demo_lets_in_with_one_click(debug, client, role):
    _demo, members = demo_with(Role.DIRECTOR, Role.STAFF, Role.COMMITTEE, Role.CO_CHAIR)
    assert f'action="/demo/signin/{role}/"' in client.get("/accounts/login/").content.decode()
    assert client.post(f"/demo/signin/{role}/").url == "/i/demo/"
    assert client.session["_auth_user_id"] == str(members[role].user.pk)


def test_demo_sign_in_does_nothing_on_get(debug, client):
    demo_with(Role.DIRECTOR)
    assert client.get("/demo/signin/director/").status_code == 405
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "elsewhere", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": ""}]
)
def test_demo_is_for_this_machine_only(debug, client, elsewhere):
    demo_with(Role.DIRECTOR)
    assert "/demo/signin/" not in client.get("/accounts/login/", **elsewhere).content.decode()
    assert client.post("/demo/signin/director/", **elsewhere).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("switched_off", ["DEMO", "DEBUG"])
def test_demo_is_closed_outside_the_demo(debug, client, settings, switched_off):
    demo_with(Role.DIRECTOR)
    setattr(settings, switched_off, False)
    assert client.post("/demo/signin/director/").status_code == 404


def test_people_of_real_initiatives_are_never_offered(debug, client, director, initiative):
    assert "/demo/signin/" not in client.get("/accounts/login/").content.decode()
    assert client.post("/demo/signin/director/").status_code == 404


def test_demo_sign_in_needs_a_csrf_token(debug):
    demo_with(Role.DIRECTOR)
    assert Client(enforce_csrf_checks=True).post("/demo/signin/director/").status_code == 403
