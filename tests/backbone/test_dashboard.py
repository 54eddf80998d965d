"""The committee's page: its ladder, the numbers of the results and no others, nothing hidden, and what it costs."""

import datetime
import re

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import _unmask_cipher_token
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from backbone.actions.activities import log_activity
from backbone.queries.dashboard import dashboard
from backbone.queries.figure_page import figure_page
from indicators.catalogue import catalogue
from indicators.models import Publication, Result
from initiatives.models import Initiative, Membership
from initiatives.permissions import Role
from surveys.actions.closing import close_round
from tests.backbone.factories import ActivityFactory
from tests.indicators.factories import SHOWN, HiddenResultFactory, PublicationFactory, ResultFactory
from tests.surveys.closing_rounds import agrees, open_round, plain_roster
from tests.surveys.factories import InvitationFactory, RoundFactory

pytestmark = pytest.mark.django_db
READERS = [Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER]
COLD, WARM = 12, 4
HOSTILE = "<script>alert(1)</script>"
TOGETHER = "Kept back, because together with what is shown it would tell how single people answered."


def home(initiative):
    return reverse("backbone:dashboard", args=[initiative.slug])


def figure_address(initiative, code):
    return reverse("backbone:dashboard-figure", args=[initiative.slug, code])


def text(client, address, **options):
    answer = client.get(address, **options)
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(page):
    """The page as it is read: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def shown(count, n, **more):
    return SHOWN | {"count": count, "percent": (200 * count + n) // (2 * n)} | more


def card(initiative, code):
    found = dashboard(initiative).figures().functions
    return next(function for function in found if function.code == code)


def figures_of(initiative, function, code):
    return next(i.figures for i in card(initiative, function).indicators if i.code == code)


@pytest.fixture
def publication(initiative):
    """Partners' figures: GV1 and the function's summary are shown, GV3 is hidden, SA1 was answered by nobody."""
    made = PublicationFactory(initiative=initiative, title="Autumn 2026")
    ResultFactory(publication=made)
    ResultFactory(
        publication=made, kind="function", code="vision", shown=shown(12, 18, people={"low": 13, "high": 18, "of": 23})
    )
    HiddenResultFactory(publication=made, code="GV3")
    ResultFactory(publication=made, code="SA1", n=0, shown={})
    return made


def test_every_role_reads_the_page_and_strangers_do_not(client_as, stranger, initiative, publication):
    for address in (home(initiative), figure_address(initiative, "GV1"), figure_address(initiative, "vision")):
        assert stranger.get(address).status_code == 404
        assert [client_as(role).get(address).status_code for role in Role] == [200] * len(Role)


def test_pages_are_read_only(director, initiative):
    assert [director.post(a).status_code for a in (home(initiative), figure_address(initiative, "GV1"))] == [405, 405]


@pytest.mark.parametrize("code", ["XX1", "equity", "governance", "gv1"])
def test_figure_that_is_none_here_does_not_exist(director, initiative, code):
    assert director.get(figure_address(initiative, code)).status_code == 404


@pytest.mark.parametrize("code", [indicator.code for indicator in catalogue()])
def test_every_indicator_has_its_page_before_anything_was_answered(initiative, code):
    page = figure_page(initiative, code)
    assert page.voices == []
    asked_or_counted = [*catalogue()[code].audiences, *(s for s in catalogue()[code].sources if s != "survey")]
    assert len(page.empty) == len(asked_or_counted)


def test_page_shows_the_numbers_of_the_results_and_their_sentence(committee_member, initiative, publication):
    page = words_of(text(committee_member, home(initiative)))
    assert "12 of 18 favourable (67 %)" in page
    assert "14 of 18 favourable (78 %)" in page
    assert "12 of 18 partners who answered agree; 23 were invited." in page
    assert "of all 23 asked, between 13 and 18" in page


def test_every_figure_on_the_page_is_that_of_its_row(initiative):
    """As closing a round writes them, not as a factory does."""
    round = open_round(plain_roster(initiative, 20), agrees(11, 17) + [None] * 3)
    assert close_round(round_id=round.pk)
    rows = Result.objects.filter(publication__reader_level="inside", breakdown="").exclude(kind="item")
    said = {
        indicator.code: figure.figure
        for function in dashboard(initiative).figures().functions
        for indicator in function.indicators
        for figure in indicator.figures
        if figure.is_shown
    }
    assert said == {row.code: f"{row.shown['count']} of {row.n}" for row in rows if row.kind == "indicator"}
    assert sorted(said) == ["GV1", "GV3", "SA1"]


def test_hidden_figure_says_so_with_its_rule_and_nobody_answering_says_that(committee_member, initiative, publication):
    assert [f.state for f in figures_of(initiative, "vision", "GV3")] == ["hidden"]
    assert [f.state for f in figures_of(initiative, "alignment", "SA1")] == ["empty"]
    page = words_of(text(committee_member, home(initiative)))
    assert page.count("too few answers to show") == 1
    assert "Figures of fewer than 5 people, or of one organisation alone, are never shown" in page


def test_empty_indicator_says_which_survey_or_log_fills_it(initiative, publication):
    survey, log = figures_of(initiative, "community", "CE2")
    assert survey.sentences == ("No answers yet. A survey of this audience will fill it: community members.",)
    assert log.sentences == ("Nothing logged yet. It is filled by evidence entries of community support.",)
    (milestone,) = figures_of(initiative, "measurement", "SM1")
    assert milestone.sentences == ("No milestone set yet. Staff set one, with evidence.",)


def test_audiences_stand_side_by_side_and_are_never_pooled(initiative, publication):
    committee = PublicationFactory(initiative=initiative, audience="committee", invited=9)
    ResultFactory(publication=publication, code="BB1")
    ResultFactory(publication=committee, code="BB1", n=9, shown=shown(5, 9))
    ResultFactory(publication=committee, kind="function", code="vision", n=9, shown=shown(6, 9))
    governance = {i.code: i.figures for i in dashboard(initiative).figures().governance}
    assert [(f.who, f.figure) for f in governance["BB1"]] == [("committee members", "5 of 9"), ("partners", "14 of 18")]
    assert [(s.who, s.figure) for s in card(initiative, "vision").summaries] == [
        ("partners", "12 of 18"),
        ("committee members", "6 of 9"),
    ]


def test_only_the_newest_round_of_an_audience_is_shown(initiative, publication):
    older = PublicationFactory(initiative=initiative, title="Spring", ends_on=datetime.date(2026, 4, 1))
    ResultFactory(publication=older, shown=shown(3, 18))
    assert [f.figure for f in figures_of(initiative, "vision", "GV1")] == ["14 of 18"]


def test_public_figures_and_those_of_others_are_not_on_this_page(
    committee_member, initiative, other_initiative, publication
):
    public = PublicationFactory(
        initiative=initiative, reader_level="public", title="For all", ends_on=datetime.date(2027, 1, 1)
    )
    foreign = PublicationFactory(initiative=other_initiative, title="Foreign", ends_on=datetime.date(2027, 1, 1))
    for made in (public, foreign):
        ResultFactory(publication=made, n=77, shown=shown(55, 77))
    for address in (home(initiative), figure_address(initiative, "GV1")):
        page = text(committee_member, address)
        assert [word for word in ("55 of 77", "For all", "Foreign") if word in page] == []


def test_summary_waits_for_half_of_the_indicators(initiative):
    publication = PublicationFactory(initiative=initiative)
    ResultFactory(publication=publication, code="SA1")
    assert card(initiative, "alignment").note == "1 of 8 indicators have data. A summary needs at least half of them."
    assert card(initiative, "policy").note == "No answers yet."


def test_enough_data_without_a_survey_of_the_function_waits_for_one(committee_member, initiative):
    publication = PublicationFactory(initiative=initiative, audience="funders")
    for code in ("MF1", "MF2"):
        ResultFactory(publication=publication, code=code)
    log = PublicationFactory(initiative=initiative, audience="", source_kind="log", comparability_key="log_quarter")
    ResultFactory(publication=log, code="MF2", n=1, shown={"money": {"USD": "5.00"}})
    resources = card(initiative, "resources")
    assert resources.note.startswith("A summary is made when a survey that asks about this function closes.")
    table = text(committee_member, home(initiative)).partition('class="table table-cards overview"')[2]
    assert "funders, on one indicator" in table.partition("</table>")[0]


def test_seventh_function_has_its_card_when_it_is_in_use(initiative, publication):
    assert "equity" not in [function.code for function in dashboard(initiative).figures().functions]
    initiative.functions.filter(code="equity").update(enabled=True)
    assert card(initiative, "equity").note == "No indicators of its own yet; the time it takes is counted all the same."


def test_effort_is_the_time_logged_by_function(committee_member, initiative, publication):
    ActivityFactory(initiative=initiative, held_on=initiative.today(), minutes=90, functions={"vision": 2, "policy": 1})
    since = dashboard(initiative).figures().effort_period
    assert card(initiative, "vision").effort == f"1 h of 1 h 30 min logged {since}"
    assert card(initiative, "resources").effort == f"no time logged {since}"
    assert f"Effort: 30 min of 1 h 30 min logged {since}" in words_of(text(committee_member, home(initiative)))


def test_response_rates_stand_beside_the_figures(committee_member, initiative, publication):
    page = words_of(text(committee_member, home(initiative)))
    assert "Survey of partners Autumn 2026 5 October 2026 to 23 October 2026" in page
    assert "People 18 of 23 (78 %)" in page
    assert "Organisations 18 of 23 (78 %)" in page
    assert "Health: 3 of 8 have not answered" in page


def test_percentages_are_never_bare(committee_member, initiative, publication):
    page = words_of(text(committee_member, home(initiative)))
    with_count = re.findall(r"\d+ of \d+ (?:favourable )?\(\d+ %\)", page)
    assert len(with_count) == page.count("%") - page.count("at least 80 %") == 6


@pytest.fixture
def closing(initiative):
    """A round that is being answered by two of three, with figures nobody may see yet."""
    round = RoundFactory(initiative=initiative, title="Winter survey", closes_on=datetime.date(2027, 1, 15))
    for state in ("finished", "finished", "invited"):
        InvitationFactory(round=round, state=state)
    return round


def test_open_round_shows_its_number_of_responses_and_nothing_else(committee_member, initiative, closing):
    page = words_of(text(committee_member, home(initiative)))
    assert "Winter survey is being answered until the end of 15 January 2027. 2 of 3 invited have answered." in page
    assert [word for word in ("favourable", "In short", "Contact", "%") if word in page] == []


def test_number_of_responses_is_never_kept(committee_member, initiative, publication, closing):
    assert "2 of 3 invited have answered" in text(committee_member, home(initiative))
    closing.invitations.update(state="finished")
    assert "3 of 3 invited have answered" in text(committee_member, home(initiative))


def test_before_the_first_round_staff_see_the_way_and_readers_a_calm_sentence(staff, client_as, initiative):
    assert "Five steps to your first survey" in text(staff, home(initiative))
    for role in READERS:
        page = text(client_as(role), home(initiative))
        assert "Figures appear here once the first survey is closed." in page
        assert "Five steps" not in page


def test_names_of_those_missing_are_for_staff_only(staff, client_as, stranger, initiative, closing, publication):
    closing.publication, closing.state = publication, "closed"
    closing.save()
    address = reverse("backbone:dashboard-missing", args=[initiative.slug, closing.pk])
    waiting = closing.invitations.get(state="invited")
    names = [name for name in closing.invitations.values_list("name", flat=True) if name in text(staff, address)]
    assert names == [waiting.name]
    assert address in text(staff, home(initiative))
    assert stranger.get(address).status_code == 404
    for role in READERS:
        client = client_as(role)
        assert client.get(address).status_code == 403
        assert [word for word in (address, waiting.name) if word in text(client, home(initiative))] == []


def test_missing_people_of_another_initiative_do_not_exist_here(staff, initiative, other_initiative):
    foreign = RoundFactory(initiative=other_initiative)
    address = reverse("backbone:dashboard-missing", args=[initiative.slug, foreign.pk])
    assert staff.get(address).status_code == 404


def leave_message(client, words):
    """What an action of this person has left for the next page, as Django's cookie carries it."""
    message = Message(constants.SUCCESS, words)
    client.cookies["messages"] = CookieStorage(HttpRequest())._encode([message])


def cost(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_page_costs_few_queries_cold_and_fewer_warm_whatever_was_published_or_logged(
    committee_member, initiative, publication
):
    counts = []
    for number in (0, 2):
        for place in range(number):
            other = PublicationFactory(initiative=initiative, ends_on=datetime.date(2026, 1 + place, 1))
            ResultFactory(publication=other)
            ActivityFactory(initiative=initiative, functions={"vision": 1, "policy": 1})
            round = RoundFactory(initiative=initiative)
            InvitationFactory.create_batch(2, round=round, state="finished")
        counts.append((cost(committee_member, home(initiative)), cost(committee_member, home(initiative))))
        PublicationFactory(initiative=initiative, audience="committee")
    assert counts[0] == counts[1]
    cold, warm = counts[0]
    assert (cold <= COLD, warm <= WARM) == (True, True)


def test_figure_page_costs_the_same_with_one_and_three_rounds(committee_member, initiative, publication):
    ResultFactory(publication=publication, breakdown="sector", cell="Health", shown={"word": "some"}, n=7)
    first = cost(committee_member, figure_address(initiative, "GV1"))
    for month in (1, 2):
        other = PublicationFactory(initiative=initiative, ends_on=datetime.date(2026, month, 1))
        ResultFactory(publication=other)
        ResultFactory(publication=other, breakdown="sector", cell="Health", shown={"word": "some"}, n=7)
    assert cost(committee_member, figure_address(initiative, "GV1")) == first <= COLD


def test_kept_page_gives_way_to_a_new_publication_a_new_activity_and_another_language(
    committee_member, director, initiative, publication
):
    assert "nothing new" not in text(committee_member, home(initiative))
    newer = PublicationFactory(initiative=initiative, title="Winter 2027", ends_on=datetime.date(2027, 1, 1))
    ResultFactory(publication=newer, shown=shown(9, 18))
    assert "9 of 18" in text(committee_member, home(initiative))
    vision = initiative.functions.get(code="vision")
    today = initiative.today()
    log_activity(
        initiative=initiative, title="Call", held_on=today, minutes=75, functions={vision: 1}, by=director.user
    )
    assert "1 h 15 min" in text(committee_member, home(initiative))
    spanish = text(committee_member, home(initiative), headers={"accept-language": "es"})
    label = catalogue()["GV1"].label.as_dict()
    assert [label["es"] in spanish, label["en"] in spanish] == [True, False]


def test_kept_page_of_staff_is_not_that_of_readers(staff, committee_member, initiative, publication):
    RoundFactory(initiative=initiative, publication=publication, state="closed")
    assert "Who has not answered, by name" in text(staff, home(initiative))
    assert "Who has not answered, by name" not in text(committee_member, home(initiative))


def test_kept_page_shows_each_reader_their_own_name_and_token_and_nobody_elses(
    client_as, initiative, publication, django_assert_num_queries
):
    first, second = client_as(Role.COMMITTEE), client_as(Role.COMMITTEE)
    User.objects.filter(pk=second.user.pk).update(name=HOSTILE)
    shown = text(first, home(initiative))
    with django_assert_num_queries(WARM):
        page = text(second, home(initiative))
    assert (str(first.user) in shown, str(first.user) in page, escape(HOSTILE) in page) == (True, False, True)
    token = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
    tokens = [_unmask_cipher_token(token.search(text(client, home(initiative)))[1]) for client in (first, second)]
    assert tokens == [client.cookies["csrftoken"].value for client in (first, second)]


def test_message_is_shown_once_and_never_kept(director, initiative, publication):
    text(director, home(initiative))
    leave_message(director, "Saved for now.")
    assert [text(director, home(initiative)).count("Saved for now.") for _again in range(3)] == [1, 0, 0]


def test_kept_page_takes_the_new_name_of_an_initiative_and_the_rights_of_a_new_role(
    committee_member, initiative, publication
):
    assert "Bright Futures" in text(committee_member, home(initiative))
    Initiative.objects.update(name="Clear Futures")
    page = text(committee_member, home(initiative))
    assert ("Clear Futures" in page, "Bright Futures" in page) == (True, False)
    assert "Log an activity" not in page
    Membership.objects.update(role=Role.DIRECTOR)
    assert "Log an activity" in text(committee_member, home(initiative))


def test_breakdown_shows_cells_as_they_were_written(committee_member, initiative, publication):
    cells = [("Schools", 11, {"count": 8, "percent": 73}), ("Health", 7, {"word": "some"}), ("", 12, {"at_most": 1})]
    for name, n, said in cells:
        ResultFactory(publication=publication, breakdown="sector", cell=name, n=n, shown=said)
    HiddenResultFactory(publication=publication, breakdown="sector", cell="Business")
    HiddenResultFactory(publication=publication, breakdown="sector", cell="Arts", hidden_because="alone")
    HiddenResultFactory(publication=publication, breakdown="group", cell="Data", hidden_because="together")
    by_sector, by_group = figure_page(initiative, "GV1").voices[0].breakdowns
    assert [row[:2] for row in by_sector.chart.rows] == [
        ["Arts", "too few answers to show"],
        ["Business", "too few answers to show"],
        ["Health", "some of 7"],
        ["Schools", "8 of 11 (73\u202f%)"],
        ["No sector", "at most 1 of 12"],
    ]
    assert by_group.chart.rows == [["Data", "too few answers to show", TOGETHER]]
    drawn = [bar.kind for bar in by_sector.chart.wide.bars]
    assert len(drawn) == 1
    assert (by_group.kept_back, by_group.chart.columns) == ([("Data", TOGETHER)], ["By group", "Favourable", "Why"])


def test_each_part_that_is_kept_back_says_its_own_rule(committee_member, initiative, publication):
    for name, n, said in [("Health", 7, {"word": "some"}), ("Schools", 14, {"count": 8, "percent": 57})]:
        ResultFactory(publication=publication, breakdown="sector", cell=name, n=n, shown=said)
    for name, because in [("Arts", "alone"), ("Business", "few"), ("Youth", "few")]:
        HiddenResultFactory(publication=publication, breakdown="sector", cell=name, hidden_because=because)
    few = "Fewer than 5 people answered here. Figures of so few are never shown."
    alone = "Only people of one organisation answered here. Figures of one organisation alone are never shown."
    word = "Below ten answers a word stands for the number: few is under a third, most is two thirds or more."
    (by_sector,) = figure_page(initiative, "GV1").voices[0].breakdowns
    assert by_sector.kept_back == [("Arts", alone), ("Business, Youth", few), ("Health", word)]
    page = text(committee_member, reverse("backbone:dashboard-figure", args=[initiative.slug, "GV1"]))
    assert [page.count(sentence) for sentence in (alone, few, word)] == [2, 3, 2]


def test_statements_are_shown_in_the_words_that_were_asked(initiative, publication):
    round = RoundFactory(initiative=initiative, publication=publication)
    spread = [[1, 0], [2, 1], [3, 3], [4, 8], [5, 6]]
    ResultFactory(publication=publication, kind="item", code="gv1_a", shown=shown(14, 18, distribution=spread))
    (item,) = figure_page(initiative, "GV1").voices[0].items
    asked = next(item for item in round.instrument_version.definition["sections"] if item["code"] == "agenda")
    assert item.text in str(asked)
    assert [row[1] for row in item.chart.rows] == ["0", "1", "3", "8", "6"]
    assert item.chart.rows[0][0] == "Strongly disagree"


def test_earlier_rounds_of_the_same_kind_are_listed(initiative, publication):
    same = PublicationFactory(initiative=initiative, title="Spring", ends_on=datetime.date(2026, 4, 1))
    other = PublicationFactory(initiative=initiative, comparability_key="other", ends_on=datetime.date(2026, 3, 1))
    for made, count in ((same, 9), (other, 7)):
        ResultFactory(publication=made, shown=shown(count, 18))
    assert figure_page(initiative, "GV1").voices[0].earlier == [("Spring", "1 April 2026", "9 of 18 (50\u202f%)")]


def test_hostile_names_stay_text(committee_member, initiative, closing):
    publication = PublicationFactory(initiative=initiative, title=HOSTILE)
    publication.response["missing"] = {"cells": [{"cell": HOSTILE, "invited": 9, "missing": 3}], "rest": None}
    publication.save()
    closing.title = HOSTILE
    closing.save()
    initiative.functions.filter(code="vision").update(label=HOSTILE)
    ResultFactory(publication=publication)
    ResultFactory(publication=publication, kind="function", code="vision")
    ResultFactory(publication=publication, breakdown="group", cell=HOSTILE, shown={"word": "few"}, n=6)
    for address in (home(initiative), figure_address(initiative, "GV1"), figure_address(initiative, "vision")):
        page = text(committee_member, address)
        assert HOSTILE not in page
        assert escape(HOSTILE) in page


def test_chart_says_its_figures_in_words_and_as_a_table(committee_member, initiative, publication):
    page = text(committee_member, home(initiative))
    (chart,) = [summary.chart for summary in card(initiative, "vision").summaries]
    assert chart.rows[1:] == [["At least, of all who were asked", "13"], ["At most, of all who were asked", "18"]]
    assert page.count(f'<desc id="vision-1-wide-text">{chart.description}</desc>') == 1
    assert Publication.objects.count() == 1
