"""Every kind of question on the page of a partner: shown, sent, shown again, made final."""

import pytest
from bs4 import BeautifulSoup

from surveys.models import Response
from tests.surveys.all_kinds import KEPT, SENT, invitation_to_all_kinds, link_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    return invitation_to_all_kinds()


def parsed(answer):
    return BeautifulSoup(answer.content, "html.parser")


def filled(page):
    """What a browser would send of a form as it stands: {name: value or list of values}, without what stays empty."""
    sent = {}
    for field in page.select("form.survey input[name], form.survey textarea, form.survey select"):
        name, value = field["name"], field.get("value", "")
        if field.name == "textarea":
            value = field.text
        elif field.name == "select":
            value = next((option["value"] for option in field.select("option[selected]")), "")
        elif field["type"] in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        if value and name != "csrfmiddlewaretoken":
            sent[name] = [*sent.get(name, []), value] if field.get("type") == "checkbox" else value
    return sent


def answer_all(client, invitation):
    for number, sent in enumerate(SENT, start=1):
        answer = client.post(link_of(invitation, f"{number}/"), sent | {"go": "submit" if number == 4 else "next"})
    return answer


def test_every_kind_is_answered_and_final(client, invitation):
    answer = answer_all(client, invitation)

    response = Response.objects.get()
    assert (answer.url, response.answers) == (link_of(invitation, "?language=en"), KEPT)
    assert response.submitted_at is not None


@pytest.mark.parametrize("number", [1, 2])
def test_a_saved_page_shows_what_was_sent(client, invitation, number):
    client.post(link_of(invitation, "1/"), SENT[0] | {"go": "next"})
    client.post(link_of(invitation, f"{number}/"), SENT[number - 1] | {"go": "save"})

    shown = filled(parsed(client.get(link_of(invitation, f"{number}/"))))

    sent = {name: value for name, value in SENT[number - 1].items() if value}
    as_kept = {"topics": ["reading", "health"]} if number == 1 else {"people": "1200", "hours": "3.5"}
    assert shown == sent | as_kept


BROKEN = {
    "meet_all": "4",
    "recommend": "7",
    "order-trust": "1",
    "order-money": "1",
    "people": "a dozen",
    "hours": 'much "more"',
    "joined": "last spring",
}


def test_what_cannot_be_kept_is_shown_again_beside_its_sentence(client, invitation):
    page = parsed(client.post(link_of(invitation, "2/"), BROKEN | {"go": "next"}))

    assert filled(page) == BROKEN
    wrong = {error["id"].removeprefix("error-") for error in page.select(".question-error")}
    assert wrong == {"order", "people", "hours", "joined"}
    described = {name for each in page.select("[aria-describedby]") for name in each["aria-describedby"].split()}
    assert {f"error-{name}" for name in wrong} <= described


def test_a_date_that_no_browser_reads_stays_in_a_line_of_text(client, invitation):
    again = parsed(client.post(link_of(invitation, "2/"), BROKEN | {"go": "next"}))
    fresh = parsed(client.get(link_of(invitation, "2/")))

    kinds = [page.select_one("[name=joined]")["type"] for page in (again, fresh)]
    assert kinds == ["text", "date"]


def test_a_compiled_page_and_one_made_for_its_answers_are_the_same(client, invitation):
    """The two ways of making a page, with answers of every kind: only the mark of an error may differ."""
    client.post(link_of(invitation, "1/"), SENT[0] | {"go": "save"})
    client.post(link_of(invitation, "2/"), SENT[1] | {"go": "save"})

    compiled = parsed(client.get(link_of(invitation, "2/")))
    typed = SENT[1] | {"recommend": "11", "people": "1200", "hours": "3.5", "go": "next"}
    made = parsed(client.post(link_of(invitation, "2/"), typed))

    for each in made.select(".question-error, [role=alert]"):
        each.decompose()
    expected = {name: value for name, value in filled(compiled).items() if name != "recommend"}
    assert filled(made) == expected


def test_each_radio_of_a_matrix_says_row_words_and_place(client, invitation):
    page = parsed(client.get(link_of(invitation, "2/")))

    names = [
        " ".join(page.find(id=name).get_text() for name in radio["aria-labelledby"].split())
        for radio in page.select("[name=meet_all]")
    ]
    assert names == [
        "All partners Never 1 of 4",
        "All partners Yearly 2 of 4",
        "All partners Monthly 3 of 4",
        "All partners Weekly 4 of 4",
        "All partners Don't know",
        "All partners Does not apply",
    ]


def test_what_depends_on_the_same_page_is_shown_with_its_words(client, invitation):
    page = parsed(client.get(link_of(invitation, "1/")))
    part = page.select_one("[data-show-if]")

    assert (part["data-show-if"], part["data-show-values"], part.has_attr("hidden")) == ("since", "new", False)
    assert part.select_one("[data-show-words]").text == (
        "Only if your answer to “Since when do you take part?” is: This year"
    )


def test_what_depends_on_another_page_is_there_for_those_it_is_for(client, invitation):
    client.post(link_of(invitation, "1/"), {"since": "new", "how_found": "By mail", "go": "next"})
    client.post(link_of(invitation, "2/"), {"recommend": "2", "go": "next"})

    for number in (3, 4):
        part = parsed(client.get(link_of(invitation, f"{number}/"))).select_one("[data-show-if]")
        assert (part.has_attr("hidden"), part.select("[data-show-words]")) == (False, [])

    client.post(link_of(invitation, "2/"), {"recommend": "9", "go": "next"})
    assert parsed(client.get(link_of(invitation, "4/"))).select_one("[data-show-if]").has_attr("hidden")


def test_a_page_that_asks_nothing_is_passed_over_both_ways(client, invitation):
    client.post(link_of(invitation, "1/"), {"since": "old", "go": "next"})
    on = client.post(link_of(invitation, "2/"), {"recommend": "9", "go": "next"})
    back = client.post(link_of(invitation, "4/"), {"go": "back"})

    assert (on.url, back.url) == (link_of(invitation, "4/?language=en"), link_of(invitation, "2/?language=en"))


def test_what_does_not_apply_any_more_is_dropped_at_the_submit(client, invitation):
    client.post(link_of(invitation, "1/"), {"since": "new", "how_found": "By mail", "go": "next"})
    client.post(link_of(invitation, "2/"), {"recommend": "9", "go": "next"})
    client.post(link_of(invitation, "3/"), {"first_steps": "A map", "go": "next"})
    client.post(link_of(invitation, "1/"), {"since": "old", "how_found": "By mail", "go": "next"})
    assert Response.objects.get().answers["first_steps"] == "A map"

    client.post(link_of(invitation, "4/"), {"comment": "Thanks", "go": "submit"})

    assert Response.objects.get().answers == {"since": "old", "recommend": 9, "comment": "Thanks"}


def test_a_submit_that_leaves_something_needed_out_leads_back_to_it_and_keeps_all(client, invitation):
    client.post(link_of(invitation, "1/"), SENT[0] | {"go": "next"})
    answer = client.post(link_of(invitation, "4/"), {"comment": "Thanks", "go": "submit"})

    assert answer.url == link_of(invitation, "2/?language=en&check=1")
    assert [error["id"] for error in parsed(client.get(answer.url)).select(".question-error")] == ["error-recommend"]
    response = Response.objects.get()
    assert (response.submitted_at, response.answers["comment"]) == (None, "Thanks")


def test_a_preview_shows_every_question(client, staff, initiative):
    invitation = invitation_to_all_kinds(round__initiative=initiative)
    address = staff.get(f"/i/bright-futures/rounds/{invitation.round.pk}/questions/").url

    pages = [parsed(client.get(f"{address}{number}/")) for number in (1, 2, 3, 4)]

    assert sum(len(page.select(".question, .matrix")) for page in pages) > 15
    assert [page.select("[hidden]") for page in pages] == [[], [], [], []]
