"""What people do in the browser, step by step. `desk` and `phone` are Chromium pages; `house` is the running product."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

from django.core.management import call_command

from tests.journeys.mails import CODE, one_link
from tests.journeys.partner import Partner

DIRECTOR, PARTNERS_FILE = "director@riverbend.example", "tests/data/partners.csv"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TOGETHER = 3


def wait_for(done, house, *tasks, seconds=60):
    """Until `done()` gives something: be the beat, which asks for the sweeps; returns what was given."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, (
            f"{done.__name__} after {seconds} s\n{house.worker.log.read_text()[-2000:]}\n{house.log.read_text()[-2000:]}"
        )
        for task in tasks:
            house.worker.ask(task)
        time.sleep(0.3)
    return found


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def found_initiative(desk, house):
    """The first director comes in by the setup link and starts the initiative."""
    printed = StringIO()
    call_command("setup_link", stdout=printed)
    desk.goto(house.url + re.search(r"/accounts/setup/\S+", printed.getvalue()).group())
    desk.get_by_label("Your name").fill("Dora Director")
    desk.get_by_label("Your e-mail address").fill(DIRECTOR)
    press(desk, "Go on")
    desk.get_by_label("Name", exact=False).first.fill("Riverbend Rising")
    desk.get_by_label("Time zone").select_option("America/Chicago")
    desk.get_by_label("Currency").fill("USD")
    # The journey is walked at any hour.
    desk.get_by_label("No survey mails at night and on weekends").uncheck()
    press(desk, "Start")
    desk.wait_for_url("**/i/riverbend-rising/")
    # And with two rounds within the hour.
    desk.goto(f"{house.url}/i/riverbend-rising/settings/quiet/")
    desk.get_by_label("Least days between two mails to one person").fill("0")
    press(desk, "Save")
    desk.get_by_text("The settings were saved.").wait_for()
    desk.goto(f"{house.url}/i/riverbend-rising/")


def sign_in(page, house, address, next_address="/"):
    """Ask for a code, read it in the mail, type it."""
    before = len(house.sink.taken)
    page.goto(f"{house.url}/accounts/login/?next={next_address}")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Send me a code")

    def code_arrived():
        return any(mail.recipient == address for mail in house.sink.taken[before:])

    wait_for(code_arrived, house)
    page.get_by_label("Code").fill(one_link(house.sink.taken, address, CODE.pattern.replace("^", "(?m)^")).strip())
    press(page, "Sign in")
    page.wait_for_url(house.url + next_address if next_address != "/" else "**/i/riverbend-rising/")


def invite_member(desk, base, name, address):
    desk.goto(f"{base}settings/members/new/")
    desk.get_by_label("Name").fill(name)
    desk.get_by_label("E-mail address").fill(address)
    desk.get_by_label("Role").select_option("committee")
    press(desk, "Invite")


def import_partners(desk, base, house):
    """Upload, look at what would be added, confirm, wait for the worker; returns the numbers of the report."""
    desk.goto(f"{base}partners/imports/new/")
    desk.locator("input[type=file]").set_input_files(PARTNERS_FILE)
    press(desk, "Check the file")
    confirm = desk.get_by_role("button", name="Import 145 contacts")
    confirm.wait_for()
    report = desk.locator(".stat").all_inner_texts()
    confirm.click()
    desk.get_by_text("145 contacts were added.").wait_for()
    return report


def start_round(desk, base, title):
    """Draft a confidential round, merge sectors as proposed, look at the preview, send; returns (address, cells)."""
    desk.goto(f"{base}rounds/new/")
    desk.get_by_label("Title").fill(title)
    desk.get_by_label("Instrument").select_option("backbone_effectiveness_partners")
    desk.get_by_label("confidential", exact=False).first.check()
    press(desk, "Save the draft")
    address = desk.url
    desk.goto(f"{address}sectors/")
    press(desk, "Use the proposal")
    cells = sector_cells(desk.locator("ul.forecast").first)
    desk.goto(f"{address}preview/")
    asked = desk.locator("table tbody tr").count()
    press(desk, f"Send {asked} invitations")
    desk.get_by_text("The round was started.").wait_for()
    return address, cells


def sector_cells(shown):
    """[(name of a group, its sectors joined by commas)] as the director reads them before sending."""
    cells = []
    for row in shown.locator("li").all():
        name, sectors = row.locator("strong").inner_text(), row.locator("strong + .note")
        told = sectors.inner_text().strip("()") if sectors.count() else ", ".join(name.split(" + "))
        cells.append((name, told))
    return cells


def answer_over_http(work):
    """`work`: functions of no argument, each one partner; a few at a time, results in their order."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return [future.result() for future in [pool.submit(each) for each in work]]


def fill_section(page, answers):
    """Choose and write what `answers` holds for the questions of this page; returns what was sent."""
    names = page.locator("form.survey").evaluate(
        "form => [...new Set([...form.querySelectorAll('input[type=radio], textarea')].map(field => field.name))]"
    )
    here = {name: str(answers[name]) for name in names if name in answers}
    for name, value in here.items():
        radio = page.locator(f"input[type=radio][name='{name}'][value='{value}']")
        if radio.count():
            radio.locator("xpath=..").click()
        else:
            page.locator(f"textarea[name='{name}']").fill(value)
    return here


def submit_of(page):
    return page.locator(".survey-actions button[value=submit]")


def go_on(page):
    """To another page: with script, the answers are on their way before the browser goes there itself."""
    left = page.url
    page.locator(".survey-actions button[value=next]").click()
    page.wait_for_url(lambda url: url != left)


def submit(page):
    submit_of(page).click()
    page.locator("form.survey").wait_for(state="detached")


def answer_in_browser(page, link, answers):
    """One partner on a phone, from the mailed link to the thanks; returns what was sent."""
    page.goto(link)
    page.locator(".survey-actions a").click()
    return finish_in_browser(page, answers)


def finish_in_browser(page, answers):
    sent = {}
    while True:
        sent |= fill_section(page, answers)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        if submit_of(page).count():
            submit(page)
            return sent
        go_on(page)


def partner_work(link, reply, unsubscribe=None):
    """What a partner does over HTTP, as a function; gives (address, what was sent, whether it was submitted)."""

    def work():
        partner = Partner(link)
        if reply.kind == "left":
            return partner.say_left()
        if reply.kind == "opted_out":
            return partner.opt_out(unsubscribe)
        return partner.answer(reply.answers, pages=2 if reply.kind == "draft" else None)

    return work


def log_activity(desk, base):
    """An hour and a half for two functions."""
    desk.goto(f"{base}activities/new/")
    desk.get_by_label("What did you do?").fill("Met the school board")
    desk.get_by_text("90 min", exact=True).click()
    desk.get_by_role("checkbox", name="Guide vision and strategy").check()
    desk.get_by_role("checkbox", name="Support aligned activities").check()
    press(desk, "Save")
    desk.get_by_text("“Met the school board” was logged.").wait_for()


def close_round(desk, address):
    desk.goto(address)
    desk.locator("summary", has_text="Close now").click()
    press(desk, "Close now")
    desk.get_by_text("The round was ended.").wait_for()
