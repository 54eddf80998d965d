"""Kinds of activity on a phone, with and without JavaScript: only what belongs to the kind is asked, and nothing is lost."""

import pytest

from backbone.models import Activity, TargetAudience
from tests.backbone.test_activity_kinds import facts_stored
from tests.design.test_browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = "/i/bright-futures/activities/new/"
LEVEL, REACHED, TOPIC = (
    "How much did the community have to say?",
    "How many people did it reach?",
    "What was the assistance about?",
)


def begun(opened, **options):
    """The form with what is always needed, its details opened."""
    page = opened(FORM, **options)
    page.get_by_label("What did you do?").fill("Evening with parents")
    page.get_by_text("60 min", exact=True).click()
    page.get_by_text("Cultivate community engagement and ownership", exact=True).click()
    page.get_by_text("Kind of work, partners, group, what came of it, behind the scenes").click()
    return page


def seen(page):
    return {label for label in (LEVEL, REACHED, TOPIC) if page.get_by_label(label).is_visible()}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_engagement_is_logged_with_its_level_and_its_reach(opened, initiative, script):
    page = begun(opened, java_script_enabled=script)
    assert seen(page) == (set() if script else {LEVEL, REACHED, TOPIC})
    assert page.get_by_text("Only for: technical assistance").first.is_visible() is not script
    page.get_by_text("Community engagement", exact=True).click()
    page.get_by_label(LEVEL).select_option("consult")
    page.get_by_label(REACHED).fill("40 to 60")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("consult · 40 to 60 people").wait_for()
    logged = Activity.objects.get()
    assert facts_stored(logged)[:2] == ("engagement", "consult")
    assert (logged.people_least, logged.people_most, page.complaints) == (40, 60, [])


def test_only_the_fields_of_the_chosen_kind_are_shown(opened, initiative):
    page = begun(opened)
    for kind, fields in [
        ("Community engagement", {LEVEL, REACHED}),
        ("Communication", {REACHED}),
        ("Other work", set()),
    ]:
        page.get_by_text(kind, exact=True).click()
        assert seen(page) == fields
    assert violations(page) == []


def test_what_was_typed_before_another_kind_was_chosen_comes_back_to_be_emptied(opened, initiative):
    page = begun(opened)
    page.get_by_text("Technical assistance", exact=True).click()
    page.get_by_label(TOPIC).fill("Data agreements")
    page.get_by_text("Other work", exact=True).click()
    assert seen(page) == set()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Only technical assistance has a topic.").wait_for()
    assert (page.get_by_label(TOPIC).input_value(), Activity.objects.count()) == ("Data agreements", 0)
    page.get_by_label(TOPIC).fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("“Evening with parents” was logged.").wait_for()
    assert facts_stored(Activity.objects.get())[0] == "work"


def test_target_audiences_appear_with_the_function_for_policy(opened, initiative):
    TargetAudience.objects.create(initiative=initiative, name="City council")
    page = begun(opened)
    council = page.get_by_label("City council")
    assert council.is_visible() is False
    page.get_by_text("Advance policy", exact=True).click()
    council.check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Spoke with City council").wait_for()
    assert [str(audience) for audience in Activity.objects.get().target_audiences.all()] == ["City council"]
