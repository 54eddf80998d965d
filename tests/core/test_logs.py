import io
import logging
import logging.config

import pytest
from django.conf import settings as django_settings

TOKEN = "aB3-dE_fG.hI:jK"


@pytest.fixture
def logged():
    """A logger wired as the settings wire the root, and what it wrote."""
    stream = io.StringIO()
    parts = django_settings.LOGGING
    handler = {**parts["handlers"]["console"], "stream": stream}
    wired = {key: parts[key] for key in ("version", "disable_existing_loggers", "filters", "formatters")}
    logging.config.dictConfig(
        wired | {"handlers": {"here": handler}, "loggers": {"a.test": {"handlers": ["here"], "propagate": False}}}
    )
    logger = logging.getLogger("a.test")
    logger.written = stream.getvalue
    yield logger
    logger.handlers.clear()


@pytest.mark.parametrize(
    "path",
    [
        "/s/{}/",
        "/s/{}/2/?language=es",
        "/u/{}/",
        "/p/{}/1/",
        "/accounts/setup/{}/",
        "/accounts/signin/{}/",
        "https://example.org/s/{}",
    ],
)
def test_a_survey_link_is_masked(logged, path):
    logged.warning("Not Found: %s", path.format(TOKEN))
    assert TOKEN not in logged.written()
    assert logged.written().endswith(f"Not Found: {path.format('…')}\n")


def test_a_survey_link_is_masked_in_a_traceback(logged):
    try:
        raise ValueError(f"no page /s/{TOKEN}/")
    except ValueError:
        logged.exception("It failed")
    assert TOKEN not in logged.written()
    assert "ValueError: no page /s/…/" in logged.written()


@pytest.mark.parametrize("brk", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2J"])
def test_a_value_with_a_line_break_stays_one_line(logged, brk):
    logged.warning("Signed in: %s", f"ana{brk}2026-01-01 INFO root Signed in: director")
    assert len(logged.written().splitlines()) == 1
    assert "\x1b" not in logged.written()


def test_no_line_of_a_traceback_can_pass_for_a_log_line(logged):
    try:
        raise ValueError("x\n2026-01-01 00:00:00,000 INFO root All is well")
    except ValueError:
        logged.exception("It failed")
    lines = logged.written().splitlines()
    assert [line for line in lines[1:] if not line.startswith("  | ")] == []


def test_djangos_own_lines_reach_no_handler_but_ours():
    loggers = [logging.getLogger(name) for name in ("django", "django.request", "django.server")]
    assert [handler for logger in loggers for handler in logger.handlers] == []
    assert [logger.propagate for logger in loggers] == [True, True, True]
