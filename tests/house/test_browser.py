"""The browser tests' own ground: a real Chromium, its page, and the line that says when there is none."""

import pytest

from tests.plugins import browser as plugin


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_real_browser_opens_a_page_of_ours(page):
    page.goto("/health/")
    assert page.inner_text("body").strip() == "ok"


def test_a_machine_without_chromium_is_told_in_one_line(pytester, monkeypatch):
    pytester.makepyfile("import pytest\n@pytest.mark.browser\ndef test_page():\n    raise AssertionError")
    monkeypatch.setattr(plugin, "CHROMIUM", None)
    result = pytester.runpytest_inprocess("-p", "tests.plugins.browser", "-p", "no:django", "-p", "no:randomly")
    result.assert_outcomes(skipped=1)
    assert result.stdout.lines.count(plugin.LEFT_OUT) == 1
