"""Every guard on source finds nothing in the product."""

import pytest

from tests.architecture.guards import GUARDS
from tests.architecture.source import ROOT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_source_keeps_the_rule(guard):
    assert guard(ROOT) == []
