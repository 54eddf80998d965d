"""What people wrote in their own words, as it was released: on the committee's page, in the workbook, at the survey link."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from indicators.models import ReleasedTexts
from initiatives.permissions import Role
from surveys.tokens import survey_token
from tests.surveys.texts import closed, numbered, redact, release

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & more"
FORMULA = '=HYPERLINK("http://evil.example","click")'
SAID = [*numbered(5), HOSTILE, FORMULA]
HEADING = "In their own words"


@pytest.fixture
def round(initiative):
    return closed(initiative, SAID)


def home(initiative):
    return reverse("backbone:dashboard", args=[initiative.slug])


def all_texts(round, question="comment"):
    return reverse("backbone:own-words", args=[round.initiative.slug, round.publication_id, question])


def figure(initiative):
    return reverse("backbone:dashboard-figure", args=[initiative.slug, "GV1"])


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def results_at_link(round):
    invitation = round.invitations.first()
    return text(Client(), f"/s/{survey_token(invitation.pk, invitation.link_version)}/results/")


def found(texts, page):
    return [each for each in texts if escape(each) in page]


def workbook(client, initiative):
    content = client.get(reverse("backbone:results-xlsx", args=[initiative.slug])).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_before_the_release_no_reader_sees_a_word(committee_member, initiative, round):
    pages = [home(initiative), figure(initiative), reverse("backbone:results-csv", args=[initiative.slug])]
    shown = "".join(text(committee_member, page) for page in pages) + results_at_link(round)
    assert (found(SAID, shown), HEADING in shown) == ([], False)
    assert list(workbook(committee_member, initiative)) == ["Figures"]
    assert committee_member.get(all_texts(round)).url == home(initiative)


@pytest.mark.parametrize("role", Role)
def test_after_the_release_everybody_inside_reads_them(client_as, initiative, round, role):
    client = client_as(role)
    assert HEADING not in text(client, home(initiative))
    release(round)
    row, page = ReleasedTexts.objects.get(), text(client, home(initiative))
    assert found(row.texts, page) == row.texts[:3]
    assert f'href="{all_texts(round)}">Read all 7 texts' in page
    assert found(row.texts, text(client, all_texts(round))) == row.texts
    assert found(row.texts, text(client, figure(initiative))) == row.texts[:3]


def test_everybody_who_was_asked_reads_them_at_their_link(initiative, round):
    assert HEADING not in results_at_link(round)
    release(round)
    page = results_at_link(round)
    places = [page.index(escape(each)) for each in ReleasedTexts.objects.get().texts]
    assert places == sorted(places)


def test_markup_stays_text_wherever_it_is_read(committee_member, initiative, round):
    release(round)
    addresses = (home(initiative), figure(initiative), all_texts(round))
    pages = [text(committee_member, address) for address in addresses] + [results_at_link(round)]
    assert [HOSTILE in page for page in pages] == [False] * 4
    assert escape(HOSTILE) in pages[2]
    assert escape(HOSTILE) in pages[3]


def test_the_workbook_has_them_on_a_sheet_of_their_own_and_runs_nothing(committee_member, initiative, round):
    release(round)
    header, *rows = workbook(committee_member, initiative)[HEADING]
    assert header == ["Who was asked", "Round", "Question", "Text"]
    expected = [f"'{each}" if each == FORMULA else each for each in ReleasedTexts.objects.get().texts]
    assert [row[3] for row in rows] == expected
    assert {tuple(row[:3]) for row in rows} == {("partners", round.title, "What else?")}


def test_the_csv_of_figures_has_no_texts(committee_member, initiative, round):
    release(round)
    shown = text(committee_member, reverse("backbone:results-csv", args=[initiative.slug]))
    assert [each for each in numbered(5) if each in shown] == []


def test_readers_learn_what_was_taken_out_and_left_out(committee_member, initiative, round):
    first, second, *_rest = numbered(5)
    redact(round, (first, first.replace("Maria", "[…]"), ""), (second, second, "writer"))
    release(round)
    for page in (text(committee_member, all_texts(round)), results_at_link(round)):
        assert "[…] stands where the backbone team took something out: in 1 text." in page
        assert "Left out by the backbone team: gives its writer away (1)." in page
        assert (first in page, second in page) == (False, False)


def test_equal_texts_stand_once_with_their_number(committee_member, initiative):
    round = closed(initiative, ["More time."] * 3 + numbered(4))
    release(round)
    page = text(committee_member, all_texts(round))
    assert (page.count("More time."), "written 3 times" in page) == (1, True)
    assert len([row for row in workbook(committee_member, initiative)[HEADING] if row[3] == "More time."]) == 3


def test_many_texts_come_in_pages_and_at_the_link_a_random_part(committee_member, initiative):
    round = closed(initiative, numbered(120), people=120)
    release(round)
    pages = [text(committee_member, f"{all_texts(round)}?page={number}") for number in (1, 2, 3)]
    assert [page.count("<blockquote") for page in pages] == [50, 50, 20]
    page = results_at_link(round)
    assert (page.count("<blockquote"), "20 more texts are not shown here" in page) == (100, True)


def test_the_page_leads_to_the_texts_of_earlier_rounds(committee_member, initiative, round):
    earlier = closed(initiative, numbered(6), ended_days_ago=200)
    release(earlier)
    release(round)
    assert f'href="{all_texts(earlier)}"' in text(committee_member, all_texts(round))


def test_strangers_and_other_initiatives_find_nothing(stranger, client_as, director, other_initiative, round):
    foreign = closed(other_initiative, numbered(6))
    release(foreign)
    release(round)
    assert stranger.get(all_texts(round)).status_code == 404
    assert director.get(all_texts(foreign).replace(other_initiative.slug, round.initiative.slug)).status_code == 404
    assert director.get(all_texts(round, "recall")).url == home(round.initiative)


def test_the_public_publication_has_no_texts(round):
    release(round)
    assert round.public_publication.released_texts.count() == 0


def test_the_page_costs_the_same_with_one_round_and_with_three(committee_member, initiative, django_assert_num_queries):
    for number in (5, 40, 12):
        round = closed(initiative, numbered(number), people=40)
        release(round)
        committee_member.get(all_texts(round))  # questionnaires are kept once they were read
        here = all_texts(round)
        with django_assert_num_queries(7):
            committee_member.get(here)
