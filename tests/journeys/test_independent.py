"""The computation the journey is held against shares no code with the product."""

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMPUTATION = ["independent.py", "independent_disclosure.py", "independent_numbers.py", "independent_log.py"]
READING = ["printed.py", "compare.py", "mails.py"]
OWN = {f"tests.journeys.{name.removesuffix('.py')}" for name in COMPUTATION + READING}


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in LOADERS:
            yield "code loaded while running"


LOADERS = {"__import__", "import_module", "exec", "eval", "run_path", "run_module", "loads_module"}


def forbidden(source, allowed):
    """What a module imports besides the standard library, `allowed` and its own neighbours."""
    names = imports_of(ast.parse(source))
    return [n for n in names if n not in OWN and n.split(".")[0] not in {*sys.stdlib_module_names, *allowed}]


@pytest.mark.parametrize("name", COMPUTATION)
def test_computation_imports_nothing_of_the_product(name):
    assert forbidden((HERE / name).read_text(), {"numpy", "scipy"}) == []


@pytest.mark.parametrize("name", READING)
def test_reading_of_pages_and_mails_imports_nothing_of_the_product(name):
    assert forbidden((HERE / name).read_text(), {"bs4"}) == []


@pytest.mark.parametrize(
    "line",
    ["from surveys.scoring import score", "import indicators.statistics as s", "from . import steps", "exec('1')"],
)
def test_what_would_join_it_to_the_product_is_found(line):
    assert len(forbidden(line, {"numpy"})) == 1
