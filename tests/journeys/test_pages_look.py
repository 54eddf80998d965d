"""Every page of the product in a real browser, on a phone and a desk, light and dark; pictures go to var/screenshots/."""

from io import StringIO

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backbone.actions import entry_imports
from backbone.actions.activity_imports import activity_imports
from backbone.actions.demo.loading import load
from backbone.models import StorySignOff
from backbone.tokens import own_page_token, stop_token, story_token
from initiatives.models import Initiative
from initiatives.permissions import Role
from partners.actions import imports
from partners.models import Commitment, Contact
from surveys.actions import rounds
from surveys.models import Invitation, Round
from surveys.tokens import preview_token, survey_token, unsubscribe_token
from tests.architecture.doors import routes
from tests.architecture.test_doors import SIGNED_OUT
from tests.architecture.test_foreign_rows import address as address_of
from tests.backbone import entry_rows
from tests.conftest import client_of
from tests.journeys.steps import DESK, PARTNERS_FILE, PHONE
from tests.journeys.walk import NO_PAGES, walk
from tests.surveys import past_rounds
from tests.surveys.worker import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
JUDGE = "axe.run(document, {resultTypes: ['violations']})"
# Only these rules can come out otherwise in another size or scheme.
JUDGE_AGAIN = "axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast', 'target-size']})"
SHOTS = ROOT / "var" / "screenshots"
SIZES, SCHEMES = (PHONE, DESK), ("light", "dark")
# No page of their own: they act and lead on, or are a part of a page.
NOT_LOOKED_AT = {
    "account_request_login_code": "the same address as account_login",
    "account_inactive": "shown only in the middle of signing in",
    "health": "for machines",
    "surveys:round-questions": "leads on to the preview, which is looked at with the survey",
    "outbox:mail-list": "looked at below, where there are mails",
    "outbox:mail-detail": "looked at below, where there are mails",
    "surveys:round-progress": "a part of the round's page",
    "partners:import-progress": "a part of the import's page",
    "backbone:activity-row": "a part of the log",
    "backbone:activity-import-progress": "a part of the import's page",
    "backbone:evidence-import-progress": "a part of the import's page",
    "backbone:policy-import-progress": "a part of the import's page",
    "backbone:resources-import-progress": "a part of the import's page",
    "surveys:past-progress": "a part of the import's page",
    "backbone:meeting-mails": "a part of the meeting's page",
    "backbone:minutes-mails": "a part of the minutes' page",
    "surveys:file-progress": "a part of the page of answers",
}

# An anonymous round has other words on pages that are looked at with another round.
ANONYMOUS = {"round": "", "results": "results/"}


@pytest.fixture
def demo(transactional_db):
    """The demo as it is loaded, with a draft and two files of partners besides."""
    load(say=lambda _text: None)
    initiative = Initiative.objects.get(is_demo=True)
    director = initiative.memberships.filter(role=Role.DIRECTOR).first().user
    type(director).objects.filter(pk=director.pk).update(may_start_initiatives=True)
    version = initiative.rounds.first().instrument_version
    draft = Round(
        initiative=initiative,
        instrument_version=version,
        title="Spring survey",
        closes_on=initiative.today(),
        sender_name="Us",
        reply_to=director.email,
    )
    rounds.draft(round=draft, sectors=[], groups=[], by=director)
    for content in ((ROOT / PARTNERS_FILE).read_bytes(), b"no,table\n1,2\n"):
        imports.receive(initiative=initiative, file_name="partners.csv", content=content, by=director)
    logged = b"Date,What,Minutes,Functions\n2026-01-05,Call,30,vision\n2026-13-05,Call,30,vision\n"
    activity_imports.receive(initiative=initiative, file_name="log.csv", content=logged, by=director)
    for kind, imports_of_kind in entry_imports.IMPORTS.items():
        content = entry_rows.file_of(kind, 2) + b"\nx,y,z,,\n"
        imports_of_kind.receive(initiative=initiative, file_name=f"{kind}.csv", content=content, by=director)
    past_rounds.received(initiative, past_rounds.fixture("google-forms.csv"), by=director)
    return initiative


def member(initiative, role):
    return client_of(initiative.memberships.filter(role=role).first().user)


def survey_addresses(initiative):
    """{name: address} of what partners see: each page, each ending, and the test link of staff."""
    invitations = Invitation.objects.filter(round__initiative=initiative)
    waiting = invitations.filter(round__state=Round.State.OPEN, state=Invitation.State.INVITED, response=None).first()
    token = survey_token(waiting.pk, waiting.link_version)
    pages = {
        f"survey {number}": f"/s/{token}/{number}/?language={['en', 'es', 'fr'][number % 3]}" for number in range(1, 7)
    }
    endings = {
        "finished": invitations.filter(state=Invitation.State.FINISHED, round__state=Round.State.OPEN),
        "closed": invitations.filter(round__state=Round.State.CLOSED, state=Invitation.State.INVITED),
    }
    for name, found in endings.items():
        invitation = found.first()
        pages[f"survey {name}"] = f"/s/{survey_token(invitation.pk, invitation.link_version)}/"
    pages["survey results"] = f"{pages['survey closed']}results/"
    preview = preview_token(initiative.rounds.get(state=Round.State.DRAFT).pk)
    owner = Contact.objects.filter(actionitems__isnull=False, initiative=initiative, commitments__isnull=False).first()
    promised = Commitment.objects.get(initiative=initiative, confirmed_at=None, disputed_at=None, state="made").contact
    own = f"/own/{own_page_token(promised)}/"
    asked = StorySignOff.objects.filter(story__initiative=initiative).select_related("contact")
    agreed, open_one = asked.filter(state="agreed").first(), asked.exclude(state="agreed").first()
    return pages | {
        "own page": f"/own/{own_page_token(owner)}/",
        "own page asks": own,
        "own page in Arabic": f"{own}?language=ar&said=done",
        "story to sign off": f"/story/{story_token(open_one)}/",
        "story in Arabic": f"/story/{story_token(open_one)}/?language=ar",
        "story signed off": f"/story/{story_token(agreed)}/?said=agreed",
        "stop reminders": f"/stop/{stop_token(promised)}/",
        "survey welcome": f"/s/{token}/",
        "survey unknown": f"/s/{'x' * 32}/",
        "unsubscribe": f"/u/{unsubscribe_token(waiting.pk)}/",
        "preview": f"/p/{preview}/",
        "preview page": f"/p/{preview}/1/",
    }


def signin_address(email):
    printed = StringIO()
    call_command("signin_link", email, stdout=printed)
    return "/accounts/signin/" + printed.getvalue().strip().rsplit("/accounts/signin/", 1)[1]


def director_of(initiative):
    return initiative.memberships.filter(role=Role.DIRECTOR).first().user.email


class Eye:
    """Looks at addresses in one context of the browser and writes down everything that is wrong."""

    def __init__(self, browser, url, client):
        self.context = browser.new_context(base_url=url, reduced_motion="reduce")
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie:
            self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": url}])
        self.page, self.wrong = self.context.new_page(), []
        self.page.on("console", lambda message: self.complain(message.text))
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.page.on(
            "request", lambda request: None if request.url.startswith((url, "data:")) else self.complain(request.url)
        )

    def complain(self, text):
        # Chromium writes to its console that a page answered 404; such pages are looked at on purpose.
        if "the server responded with a status of 4" not in text:
            self.wrong.append(f"{self.page.url}: {text}")

    def look(self, name, address):
        """Pictures as one comes to the page; then everything is opened and judged. Loaded anew for each scheme: an open page
        that changes its scheme shows some of the old colours for a while."""
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            self.page.goto(address)
            for size in SIZES:
                self.page.set_viewport_size(size)
                picture = f"{name}-{size['width']}-{scheme}.png".replace(":", "-").replace(" ", "-")
                self.page.screenshot(path=SHOTS / picture, full_page=True)
            self.page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
            self.page.evaluate(AXE_SCRIPT)
            for size in SIZES:
                self.page.set_viewport_size(size)
                judge = JUDGE if (size, scheme) == (PHONE, "light") else JUDGE_AGAIN
                self.judge(f"{name} {size['width']} {scheme} {address}", size, judge)

    def judge(self, look, size, script):
        for rule in self.page.evaluate(script)["violations"]:
            nodes = [(node["html"][:120], node["failureSummary"][-160:]) for node in rule["nodes"][:2]]
            self.wrong.append(f"{look}: {rule['id']}: {nodes}")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide != size["width"]:
            self.wrong.append(f"{look}: {wide} px wide")

    def close(self):
        self.context.close()


@pytest.fixture
def eye(browser, live_server):
    SHOTS.mkdir(parents=True, exist_ok=True)
    eyes = []

    def make(client):
        eyes.append(Eye(browser, live_server.url, client))
        return eyes[-1]

    yield make
    for each in eyes:
        each.close()


def looked_at(eye, client, addresses):
    seeing = eye(client)
    for name, address in addresses.items():
        seeing.look(name, address)
    return sorted(set(seeing.wrong))


def not_found(client, initiative, found):
    """Names of pages that the walk did not come to; what takes no GET is none."""
    left = [route for route in routes() if route.name not in {*found, *NOT_LOOKED_AT, *NO_PAGES, *SIGNED_OUT}]
    return {r.name for r in left if client.get(address_of(r, initiative.slug, 1)).status_code != 405}


def test_every_page_looks_right_to_everybody(eye, demo):
    director, committee = member(demo, Role.DIRECTOR), member(demo, Role.COMMITTEE)
    start, draft = f"/i/{demo.slug}/", demo.rounds.get(state=Round.State.DRAFT)
    closed = demo.rounds.filter(state=Round.State.CLOSED).last()
    read = demo.rounds.get(publication__released_texts__isnull=False)
    # The walk opens one meeting of all: one to come, which leads to other pages than one that was held.
    coming = demo.meetings.filter(starts_at__gt=timezone.now(), group__isnull=False).earliest("starts_at")
    held = demo.meetings.filter(minutes__approved_at__isnull=False, roll__isnull=False).latest("starts_at")
    unlinked = [
        f"{start}meetings/{coming.pk}/",
        f"{start}meetings/{held.pk}/minutes/",
        f"{start}meetings/{held.pk}/engagement/",
        f"{start}rounds/{read.pk}/texts/",
        f"{start}rounds/{closed.pk}/answers/",
        f"{start}rounds/{closed.pk}/conclusion/",
        f"{start}rounds/{closed.pk}/results/",
        f"{start}figures/BI3/rows/{demo.log_periods.filter(kind='quarter').latest('starts_on').pk}/",
        f"{start}settings/",
        f"{start}rounds/{draft.pk}/",
        f"{start}settings/demo/delete/",
        "/?all",
        "/start/",
    ]
    found = walk(director, start, *unlinked)
    assert not_found(director, demo, found) == set()
    signed_out = {
        "sign in": "/accounts/login/",
        "sign in link": signin_address(director_of(demo)),
        "not found": "/nowhere/",
    }
    anonymous = demo.rounds.get(mode=Round.Mode.ANONYMOUS)
    found |= {f"figure {code}": f"{start}figures/{code}/" for code in ("BI3", "SC1")}
    found |= {f"anonymous {name}": f"{start}rounds/{anonymous.pk}/{rest}" for name, rest in ANONYMOUS.items()}
    theirs = {f"committee {name}": address for name, address in walk(committee, start).items()}
    wrong = [
        *looked_at(eye, director, found),
        *looked_at(eye, committee, theirs),
        *looked_at(eye, Client(), survey_addresses(demo) | signed_out),
    ]
    assert not wrong, "\n".join(wrong)
