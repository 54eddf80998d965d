"""The pages of milestones and phases in a real browser: accessible and inside the screen, also with what has no space."""

import datetime

import pytest

from backbone.actions.attachments import attach
from backbone.models import EffortPlan, PhaseModel
from tests.backbone.factories import ActivityFactory, CriterionReviewFactory, EvidenceFactory, MilestoneFactory
from tests.backbone.test_attachments import PDF
from tests.design.test_browser import DESK, PHONE, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/i/bright-futures/milestones/"
UNBROKEN = "x" * 200


@pytest.fixture
def pages(initiative, director):
    said = {"initiative": initiative, "note": UNBROKEN, "source_link": f"https://example.org/{UNBROKEN}"}
    said |= {"reviewed_by": director.user, "reviewed_on": datetime.date(2026, 5, 1)}
    milestone = MilestoneFactory(**said)
    attach(owner=milestone, name="A file with a long name of many words.pdf", kind="pdf", content=PDF, by=director.user)
    for row in (milestone, CriterionReviewFactory(**said), CriterionReviewFactory(**said)):
        row.evidence.add(EvidenceFactory(initiative=initiative, title=UNBROKEN))
    PhaseModel.objects.create(initiative=initiative, model="dialogic_change")
    for stage, month in [("explore_engage", 1), ("build_formalise", 9)]:
        day = datetime.date(2026, month, 10)
        MilestoneFactory(initiative=initiative, model="dialogic_change", stage=stage, starts_on=day)
    ActivityFactory(initiative=initiative, people=[director.user])
    plan = EffortPlan.objects.create(initiative=initiative, starts_on=datetime.date(2026, 1, 1))
    plan.shares.create(function=initiative.functions.get(code="policy"), percent=100)
    inside = ["", "shared_data_system/", "shared_data_system/new/", "shared_data_system/criteria/lead_named/"]
    inside += [f"{milestone.pk}/edit/", "phases/", "phases/choose/", "dialogic_change/"]
    return [*(f"{HOME}{page}" for page in inside), "/i/bright-futures/activities/time/"]


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"])
def test_axe_finds_nothing_on_pages_of_milestones(opened, pages, size, scheme):
    for address in pages:
        page = opened(address, size, scheme)
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"], address
        assert page.complaints == []
