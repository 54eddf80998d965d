"""Tests marked `browser` drive the Chromium that is installed; where there is none they are left out, and one line says so."""

import os
import shutil

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
LEFT_OUT = "Browser tests were left out: Chromium was not found. Install it (apt install chromium) or set CHROMIUM to its path."
QUIET = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(config, items):
    without = [item for item in items if item.get_closest_marker("browser")] if CHROMIUM is None else []
    for item in without:
        item.add_marker(pytest.mark.skip(reason=LEFT_OUT))


def pytest_terminal_summary(terminalreporter):
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    if any(LEFT_OUT in reason for reason in skipped):
        terminalreporter.write_line(LEFT_OUT)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process; use `page` or `browser.new_context()`."""
    # The driver runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, live_server):
    """A fresh page whose relative addresses lead to the live server."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()
