"""A survey in a real browser from the first page to its results, in three languages and in one from right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from surveys.actions.closing import close_round
from surveys.actions.instruments import install_shipped
from surveys.models import Invitation, Round
from surveys.tokens import survey_token, unsubscribe_token
from tests.surveys.closing_rounds import open_round, plain_roster
from tests.surveys.factories import InvitationFactory, RoundFactory
from tests.surveys.test_instrument_pages import arabic_pulse

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LANGUAGES = ["en", "es", "fr", "ar"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LOOKS = [(PHONE, "light"), (DESK, "dark")]
PULSE = ["gv1_a", "gv3_b", "sa1_a", "sa4_a", "sa8_a"]


@pytest.fixture(params=LOOKS, ids=["phone-light", "desk-dark"])
def opened(browser, live_server, request):
    """A page of the size and colours of `request.param`; what the browser complained about is in `page.complaints`."""
    size, scheme = request.param
    context = browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    context.close()


# The words that a page says in its own language: without names, addresses, what was typed, and what is marked as another's.
OWN_WORDS = r"""() => {
  const copy = document.querySelector(".site").cloneNode(true);
  for (const each of copy.querySelectorAll("[lang], [dir=auto], bdi, textarea, script")) each.remove();
  return copy.textContent.match(/(?!Backbone)\b[A-Za-z]{3,}/g) || [];
}"""


def look(page, language):
    """What is wrong with this page as it stands: axe, its direction, its width, words that were left in English."""
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    found = Axe().run(page).response
    assert len(found["passes"]) > 10
    wrong = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]
    html = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    right = [language, "rtl" if language == "ar" else "ltr"]
    wrong += page.evaluate(OWN_WORDS) if language == "ar" else []
    return [*wrong, *([] if html == right else [html]), *(["wider than the screen"] if wide else [])]


def link(invitation, rest=""):
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/{rest}"


@pytest.fixture
def invited(initiative, request):
    """Somebody who reads `language`, asked the pulse."""
    version = install_shipped(initiative=initiative, by=None)["backbone_pulse"]
    return InvitationFactory(
        round=RoundFactory(initiative=initiative, instrument_version=version),
        contact__language=request.getfixturevalue("language"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_answering_is_accessible(opened, invited, language):
    seen = {}
    opened.goto(link(invited))
    seen["welcome"] = look(opened, language)
    opened.locator(".survey-actions .btn-primary").click()
    seen["questions"] = look(opened, language)
    for code in PULSE:
        opened.locator(f"input[name={code}][value='4']").check()
    opened.evaluate("document.querySelector('textarea').removeAttribute('maxlength')")
    opened.locator("textarea").fill("x" * 5001)
    opened.locator("button[value=submit]").click()
    opened.locator(".question-error").wait_for()
    seen["errors"] = look(opened, language)
    assert opened.locator("input:checked").count() == len(PULSE)
    opened.locator("textarea").fill("Fine.")
    opened.locator("button[value=submit]").click()
    opened.locator("a[href*=withdraw]").wait_for()
    seen["thanks"] = look(opened, language)
    opened.locator("a[href*=withdraw]").click()
    seen["withdraw"] = look(opened, language)
    opened.locator("button.btn-danger").click()
    opened.wait_for_url("**/?language=*")
    seen["withdrawn"] = look(opened, language)
    assert {step: wrong for step, wrong in seen.items() if wrong} == {}
    assert Invitation.objects.get().state == Invitation.State.WITHDRAWN
    assert [text for text in opened.complaints if "422" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_beside_answering_is_accessible(opened, invited, language):
    seen = {}
    address = reverse("answering:unsubscribe", args=[unsubscribe_token(invited.pk)])
    opened.goto(address)
    seen["unsubscribe"] = look(opened, language)
    opened.locator("button[type=submit]").click()
    seen["unsubscribed"] = look(opened, language)
    Round.objects.update(state=Round.State.CANCELLED)
    opened.goto(link(invited))
    seen["cancelled"] = look(opened, language)
    Round.objects.update(state=Round.State.OPEN)
    Invitation.objects.update(state=Invitation.State.LEFT)
    opened.goto(link(invited))
    seen["noted"] = look(opened, language)
    assert {step: wrong for step, wrong in seen.items() if wrong} == {}
    assert opened.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_are_accessible(opened, initiative, language):
    version = install_shipped(initiative=initiative, by=None)["backbone_pulse"]
    said = [dict.fromkeys(PULSE, 5)] * 14 + [dict.fromkeys(PULSE, 2)] * 4
    made = open_round(plain_roster(initiative, 18), said, version=version)
    close_round(round_id=made.pk)
    Invitation.objects.update(language=language)
    opened.goto(link(made.invitations.first(), "results/"))
    assert look(opened, language) == []
    assert "14" in opened.inner_text("main")


@pytest.mark.parametrize("language", ["ar"])
def test_texts_that_are_missing_are_accessible_and_marked(opened, initiative, language):
    round = RoundFactory(initiative=initiative, instrument_version=arabic_pulse(initiative))
    opened.goto(link(InvitationFactory(round=round, contact__language=language), "1/"))
    assert look(opened, language) == []
    heading = opened.locator("h1 .untranslated")
    assert heading.evaluate("each => [each.lang, getComputedStyle(each).direction]") == ["en", "ltr"]


@pytest.mark.parametrize("language", ["ar"])
def test_right_to_left_turns_the_scale_the_buttons_and_the_progress(opened, invited, language):
    opened.goto(link(invited, "1/"))
    first, last = (opened.locator(f"input[name=gv1_a][value='{value}']").bounding_box() for value in "15")
    back, send = (
        opened.locator(f".survey-actions button[value={value}]").bounding_box() for value in ("back", "submit")
    )
    if opened.viewport_size == DESK:
        assert first["x"] > last["x"]
        assert back["x"] > send["x"]
    else:
        label = opened.locator(".matrix-option-label").first.bounding_box()
        assert first["x"] > label["x"]
        assert first["y"] < last["y"]


@pytest.mark.parametrize("language", ["fr"])
def test_switching_by_the_buttons_keeps_what_is_on_the_page(opened, invited, language):
    opened.goto(link(invited, "1/"))
    opened.locator("input[name=gv1_a][value='2']").check()
    opened.locator("textarea").fill("Déjà écrit")
    for code in ("ar", "es", "fr"):
        opened.locator(f"button[value=language-{code}]").click()
        opened.locator(f"html[lang={code}]").wait_for()
        assert opened.locator("input:checked").evaluate_all("all => all.map(each => each.name + each.value)") == [
            "gv1_a2"
        ]
        assert opened.locator("textarea").input_value() == "Déjà écrit"
