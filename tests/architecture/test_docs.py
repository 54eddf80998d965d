"""The documentation is part of the change: commands, decisions and links are where readers look for them."""

import re

import pytest

from tests.architecture.source import ROOT, local_apps

COMMANDS = sorted(
    path.stem
    for app in local_apps(ROOT)
    for path in (ROOT / app / "management/commands").glob("*.py")
    if path.stem != "__init__"
)
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told_of_in_operations(command):
    assert f"manage.py {command}" in (ROOT / "docs/operations.md").read_text()


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_context_decision_consequence_and_what_was_rejected(path):
    text = path.read_text()
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem)
    assert text.startswith(f"# {path.stem[:4]}. ")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequence", "Rejected"]


def test_decisions_are_numbered_without_a_gap():
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
