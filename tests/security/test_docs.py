"""docs/security.md speaks of every abuse case, and names tests that exist."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "security.md"
TESTS = settings.BASE_DIR / "tests"
CASES = 55
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.M)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows():
    return [(int(number), text) for number, _case, text in ROW.findall(PAGE.read_text())]


def functions_of(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_abuse_case_has_one_row_in_order():
    assert [number for number, _text in rows()] == list(range(1, CASES + 1))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE.read_text()))))
def test_named_test_exists(file, name):
    assert name.startswith("test_")
    assert name in functions_of(TESTS / file)


def test_a_row_without_a_test_says_why_in_words():
    bare = {number: text for number, text in rows() if not NAMED.search(text)}
    assert set(bare) == {27, 28, 29, 46}
    assert all(len(text) > 4 for text in bare.values())


def ours():
    found = [path for app in [*settings.LOCAL_APPS, "config"] for path in Path(settings.BASE_DIR / app).rglob("*.py")]
    assert len(found) > 100
    return found


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_program_is_started_through_a_shell():
    """Neither `shell=True` nor what hands a line to a shell or runs text as code."""
    by_shell = {"system", "popen", "getoutput", "getstatusoutput", "eval", "exec"}
    found = []
    for path in ours():
        for call in calls(ast.parse(path.read_text())):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords)
            if name in by_shell or shell:
                found.append(f"{path.name}:{call.lineno}")
    assert found == []


def test_nothing_of_ours_fetches_an_address_that_somebody_gave():
    """The reason why cases 27 to 29 cannot apply; the supervisor asks its own health page."""
    clients = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "ftplib", "telnetlib"}
    users = set()
    for path in ours():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if clients & set(names):
                users.add(str(path.relative_to(settings.BASE_DIR)))
    assert users == {"core/management/commands/up.py"}
