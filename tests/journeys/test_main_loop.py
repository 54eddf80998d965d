"""The main job, whole: partners in, survey out by mail, answers back, figures on the committee's page, twice."""

import os
import pickle
import re
from pathlib import Path

import pytest

from tests.journeys import steps
from tests.journeys.answers import Reply, draw
from tests.journeys.compare import differences
from tests.journeys.independent import Round, Sent, folded, read_functions, read_questionnaire, read_roster
from tests.journeys.mails import UNSUBSCRIBE_LINK, one_link, survey_links, text_of
from tests.journeys.printed import overview
from tests.surveys.worker import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROSTER = read_roster(ROOT / "tests/data/partners.csv")
QUESTIONNAIRE = read_questionnaire(ROOT / "surveys/instruments/backbone_effectiveness_partners.toml")
FUNCTIONS = read_functions(ROOT / "indicators/catalogue.toml")
CONTACTS = 145
# One thing all agree on: its count is coded, and a later round has nothing to be held against.
AGREED = {"BB1": 1}
RAISED = {"GV1": 0.2, "SA4": -0.25, "SM4": 0.3, "SM2": 0.2, "SM5": 0.3, "BB3": 0.05}
MEMBER = "priya.park@harbornursingschoo.example"
GONE, OPTED_OUT, BOUNCED = (
    "olga.begay@harborfoodbank.example",
    "sofia.ng@unitedwayofalder.example",
    "jin.tran@stbrigidparishscho.example",
)
SPANISH, SWITCHING, STUMBLING = (
    "javier.singh@alderstateuniversi.example",
    "camille.mendoza@universitedufleuve.example",
    "malik.silva@aldercountyschools.example",
)
SILENT, CONTENT = "funder", "highereducation"


# A page shown again with an error answers 422; and a test may type before Chromium has put the cursor there itself.
HARMLESS = ["status of 422", "Autofocus processing was blocked"]


@pytest.fixture
def pages(browser, house):
    """Call with a size to get a page of its own person; at the end nothing may have complained."""
    contexts, complaints = [], []

    def open_page(size, **options):
        contexts.append(browser.new_context(base_url=house.url, viewport=size, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on(
            "request", lambda request: None if request.url.startswith(house.url) else complaints.append(request.url)
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if not any(word in line for word in HARMLESS)] == []


def refuse(address, refused):
    """As a mail server that does not know one mailbox; whom it was asked for goes to `refused`."""

    def reply(recipient):
        if recipient != address:
            return None
        refused.append(recipient)
        return "550 5.1.1 no such mailbox"

    return reply


def mails_of(house, already, count):
    def all_mails_left():
        return len(survey_links(house.sink.taken[already:])) >= count

    steps.wait_for(all_mails_left, house, "surveys.tasks.sweep_rounds", "surveys.tasks.sweep_sending")
    return house.sink.taken[already:]


def first_phone_answers(pages, links, replies):
    """In Spanish; in French and then English; with a text that is too long, and resumed in another browser."""
    sent = {SPANISH: steps.answer_in_browser(pages(steps.PHONE), links[SPANISH], replies[SPANISH].answers)}

    page, answers = pages(steps.PHONE), replies[SWITCHING].answers
    page.goto(links[SWITCHING])
    page.get_by_text("Qui voit quoi").wait_for()
    page.locator(".survey-actions a").click()
    kept = steps.fill_section(page, answers)
    page.get_by_role("button", name="English").click()
    page.get_by_text("Page 1 of").wait_for()
    assert page.locator("input[type=radio]:checked").count() == sum(name != "gv1_recall" for name in kept)
    sent[SWITCHING] = kept | steps.finish_in_browser(page, answers)

    page, answers = pages(steps.PHONE), replies[STUMBLING].answers
    page.goto(links[STUMBLING])
    page.locator(".survey-actions a").click()
    kept = steps.fill_section(page, answers | {"gv1_recall": ""})
    text = page.locator("textarea[name=gv1_recall]")
    text.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'too long '.repeat(800); }")
    page.locator(".survey-actions button[value=next]").click()
    page.get_by_text("Something on this page still needs you.").wait_for()
    assert page.locator("textarea[name=gv1_recall]").input_value() == ("too long " * 800).strip()
    page.locator("textarea[name=gv1_recall]").fill("Every child ready for work.")
    steps.go_on(page)
    page.get_by_text("Page 2 of").wait_for()
    elsewhere = pages(steps.PHONE, java_script_enabled=False)
    elsewhere.goto(links[STUMBLING])
    elsewhere.get_by_role("link", name="Continue where your answers are").click()
    assert elsewhere.locator("input[type=radio]:checked").count() == sum(name != "gv1_recall" for name in kept)
    elsewhere.goto(page.url)
    sent[STUMBLING] = kept | {"gv1_recall": "Every child ready for work."} | finish_without_script(elsewhere, answers)
    return sent


def finish_without_script(page, answers):
    sent = {}
    while page.locator("form.survey").count():
        names = page.locator("form.survey input[type=radio], form.survey textarea")
        asked = dict.fromkeys(field.get_attribute("name") for field in names.all())
        here = {name: str(answers[name]) for name in asked if name in answers}
        for name, value in here.items():
            radio = page.locator(f"input[type=radio][name='{name}'][value='{value}']")
            radio.locator("xpath=..").click() if radio.count() else page.locator(f"textarea[name='{name}']").fill(value)
        sent |= here
        last = steps.submit_of(page)
        last.click() if last.count() else steps.go_on(page)
    return sent


def answer_all(links, replies, mails, done):
    """Everybody who is not in `done` and does something, over HTTP: {address: what was sent}."""
    work = {
        address: steps.partner_work(
            links[address],
            replies[address],
            one_link(mails, address, UNSUBSCRIBE_LINK.pattern) if replies[address].kind == "opted_out" else None,
        )
        for address in links
        if address not in done and replies[address].kind != "none"
    }
    return dict(zip(work, steps.answer_over_http(work.values()), strict=True))


def read_results(pages, house, base, already):
    """The committee member follows the mail to the page; {code: HTML} of the figures there, and the page itself."""
    link = steps.wait_for(lambda: results_link(house, already), house, "surveys.tasks.sweep_rounds")
    phone = pages(steps.PHONE)
    steps.sign_in(phone, house, MEMBER, link.removeprefix(house.url))
    phone.get_by_role("heading", name="Function by function").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") == steps.PHONE["width"]
    dashboard = phone.content()
    addresses = sorted(overview(dashboard))
    html = {}
    for code in addresses:
        answer = phone.request.get(f"{base}figures/{code}/")
        assert answer.status == 200
        html[code] = answer.text()
    return html, dashboard


def results_link(house, already):
    for mail in house.sink.taken[already:]:
        subject, text = text_of(mail)
        if mail.recipient == MEMBER and "results" in subject:
            return re.search(rf"{house.url}/i/\S*", text).group()
    return None


def run_round(desk, pages, house, base, title, *, before, seed, raised, in_browser, told):
    """A whole round, from the draft to the committee's page; returns the Round of the independent computation."""
    already, refused = len(house.sink.taken), []
    house.sink.replies["RCPT"] = refuse(BOUNCED, refused)
    address, cells = steps.start_round(desk, base, title)
    mails = mails_of(house, already, CONTACTS - len(told) - (BOUNCED not in told))
    links = {recipient: link for recipient, (_subject, link) in survey_links(mails).items()}
    people = {email: ROSTER[email] for email in links}
    replies = draw(people, QUESTIONNAIRE, seed=seed, silent=SILENT, content=CONTENT, raised=raised)
    replies |= {email: Reply(kind) for email, kind in ((GONE, "left"), (OPTED_OUT, "opted_out")) if email in links}
    for email in (SPANISH, SWITCHING, STUMBLING):
        replies[email].kind = "full"
    sent = first_phone_answers(pages, links, replies) if in_browser else {}
    sent |= answer_all(links, replies, mails, done=sent)
    already = len(house.sink.taken)
    steps.close_round(desk, address)
    html, dashboard = read_results(pages, house, base, already)
    round = Round(
        invited={*links, *refused},
        sent={email: sent_by(replies[email], answers) for email, answers in sent.items()}
        | {e: Sent(became="bounced") for e in refused},
        roster=ROSTER,
        cells={name: [folded(sector) for sector in sectors.split(", ")] for name, sectors in cells},
        questionnaire=QUESTIONNAIRE,
        functions=FUNCTIONS,
        before=before,
    )
    keep(title, round, html, dashboard)
    return round, html, dashboard


def sent_by(reply, answers):
    if reply.kind in ("left", "opted_out"):
        return Sent(became=reply.kind)
    return Sent(answers, is_final=reply.kind != "draft")


def keep(title, round, html, dashboard):
    if place := os.environ.get("JOURNEY_KEEP"):
        Path(place, f"{folded(title)}.pickle").write_bytes(pickle.dumps((round, html, dashboard)))


def test_partners_come_in_and_figures_come_out_twice(pages, house):
    desk = pages(steps.DESK)
    steps.found_initiative(desk, house)
    base = desk.url
    desk.context.clear_cookies()
    steps.sign_in(desk, house, steps.DIRECTOR)
    steps.invite_member(desk, base, "Priya Park", MEMBER)
    steps.import_partners(desk, base, house)
    steps.log_activity(desk, base)
    first, html, dashboard = run_round(
        desk, pages, house, base, "Spring survey", before=None, seed=11, raised=AGREED, in_browser=True, told=set()
    )
    assert differences(first, html, dashboard, invited=CONTACTS) == []
    told = {BOUNCED, OPTED_OUT}
    second, html, dashboard = run_round(
        desk, pages, house, base, "Autumn survey", before=first, seed=12, raised=RAISED, in_browser=False, told=told
    )
    assert differences(second, html, dashboard, invited=CONTACTS - len(told)) == []
    assert {next(iter(figure.said)) for figure in first.expected.values()} == {"count", "at_least"}
    assert {figure.change["verdict"] for figure in second.expected.values()} == {
        "up",
        "down",
        "no_clear_change",
        "too_few",
    }
