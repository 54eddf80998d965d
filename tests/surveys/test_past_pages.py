"""The pages of earlier rounds: the ladder, bad input, hostile cells, and the whole way without a script."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import Publication, Result
from initiatives.models import HistoryEntry, within
from initiatives.permissions import Role
from surveys import tasks
from surveys.models import PastFigure, PastImport, PastResponse, Round
from tests.surveys.past_rounds import ANSWERS, FIGURES, PARTNERS, brought_in, checked, fixture, published, received

State = PastImport.State
PAGES = ["past-list", "past-answers", "past-figures", "past-template"]
ACTIONS = ["past-columns", "past-confirm", "past-cancel"]
MARKUP = '<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://evil.example")'


def address(name, initiative, *arguments):
    return reverse(f"surveys:{name}", args=[initiative.slug, *arguments])


def text_of(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def fields(initiative, **changes):
    day = initiative.today() - datetime.timedelta(days=300)
    return {"title": "Survey of 2025", "instrument": PARTNERS, "closes_on": day.isoformat(), "invited": ""} | changes


def upload(client, initiative, content, *, page="past-answers", name="answers.csv", **changes):
    file = {} if content is None else {"file": SimpleUploadedFile(name, content)}
    return client.post(address(page, initiative), fields(initiative, **changes) | file)


def errors_of(answer):
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_for_director_and_staff_alone(name, director, staff, stranger, client_as, initiative):
    assert [client.get(address(name, initiative)).status_code for client in (director, staff)] == [200, 200]
    assert stranger.get(address(name, initiative)).status_code == 404
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(address(name, initiative)).status_code == 403


@pytest.mark.parametrize("name", ["past-detail", "past-progress", *ACTIONS])
def test_import_of_another_initiative_does_not_exist(name, staff, initiative, other_initiative):
    foreign = checked(other_initiative, fixture("google-forms.csv"))
    method = staff.post if name in ACTIONS else staff.get
    assert method(address(name, initiative, foreign.pk)).status_code == 404


@pytest.mark.parametrize("name", ACTIONS)
def test_action_is_refused_by_get_and_without_the_permission(name, staff, committee_member, initiative):
    past_import = checked(initiative, fixture("google-forms.csv"))
    assert staff.get(address(name, initiative, past_import.pk)).status_code == 405
    assert committee_member.post(address(name, initiative, past_import.pk)).status_code == 403
    past_import.refresh_from_db()
    assert past_import.state == State.CHECKED


def test_rounds_page_leads_to_earlier_rounds(staff, initiative):
    html = BeautifulSoup(staff.get(address("round-list", initiative)).content, "html.parser")
    links = [link["href"] for link in html.find_all("a") if "Bring in an earlier round" in link.get_text()]
    assert links == [address("past-list", initiative)]


def test_list_costs_the_same_queries_with_one_and_three_rows(staff, initiative):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            received(initiative, b"gv1_a\n4\n", by=staff.user)
        with CaptureQueriesContext(connection) as queries:
            staff.get(address("past-list", initiative))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whole_way_works_with_forms_alone(staff, initiative, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = upload(staff, initiative, fixture("surveymonkey.csv"), invited="30")
    past_import = PastImport.objects.get()
    assert page.url == address("past-detail", initiative, past_import.pk)
    html = BeautifulSoup(staff.get(page.url).content, "html.parser")
    form = html.find("form", action=address("past-columns", initiative, past_import.pk))
    chosen = {
        select["name"]: (select.find("option", selected=True) or select.find("option"))["value"]
        for select in form.find_all("select")
    }
    unknown = form.find("label", string="Don't know / no opinion")["for"].removeprefix("id_")
    assert chosen[unknown] == ""
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(form["action"], chosen | {unknown: "dk"})
    past_import.refresh_from_db()
    assert (past_import.state, past_import.report["unknown_count"], PastResponse.objects.count()) == (
        State.CHECKED,
        0,
        0,
    )
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(address("past-confirm", initiative, past_import.pk))
    past_import.refresh_from_db()
    tasks.sweep_rounds()
    assert (past_import.state, PastResponse.objects.count()) == (State.DONE, 20)
    round = Round.objects.get()
    assert round.state == Round.State.CLOSED
    assert "Invited then 30 People with answers 20" in text_of(staff.get(round.get_absolute_url()))
    assert "brought in from answers" in text_of(staff.get(address("round-list", initiative)))
    assert "The round is in, and its figures are frozen." in text_of(staff.get(page.url))


def test_published_figures_are_typed_in(staff, initiative, django_capture_on_commit_callbacks):
    typed = {"percent-gv1_a": "39.1", "n-gv1_a": "46", "count-bb1_a": "38", "n-bb1_a": "46"}
    with django_capture_on_commit_callbacks(execute=True):
        page = upload(staff, initiative, None, page="past-figures", **typed)
    assert "18 of 46 39.1 %" in text_of(staff.get(page.url))
    past_import = PastImport.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(address("past-confirm", initiative, past_import.pk), {"several_organisations": "yes"})
    tasks.sweep_rounds()
    assert list(PastFigure.objects.values_list("code", "count", "n")) == [("gv1_a", 18, 46), ("bb1_a", 38, 46)]
    assert Round.objects.get().publication.results.get(code="BB1").shown["count"] == 38


def test_confirmation_without_a_word_on_organisations_writes_nothing(staff, initiative):
    past_import = checked(initiative, fixture("published-1.csv"), kind=FIGURES)
    answer = staff.post(address("past-confirm", initiative, past_import.pk), follow=True)
    assert "Say first that people of at least two organisations answered." in text_of(answer)
    past_import.refresh_from_db()
    assert (past_import.state, HistoryEntry.objects.filter(verb__startswith="past_round").count()) == (State.CHECKED, 0)


BAD = {
    "no file": ({}, None, {"file": ["Choose a file."]}),
    "no title": ({"title": ""}, b"gv1_a\n4\n", {"title": ["This field is required."]}),
    "today": (
        {"closes_on": "2999-01-01"},
        b"gv1_a\n4\n",
        {"closes_on": ["An earlier round has closed already. Choose a day in the past."]},
    ),
    "picture": (
        {},
        b"\x89PNG picture",
        {"file": ["This is neither a CSV nor an XLSX file. In your survey program choose one of the two."]},
    ),
    "too large": (
        {},
        b"gv1_a\n" + b"4\n" * 2_700_000,
        {"file": ["The file is larger than 5 MB. Take away what is not needed."]},
    ),
    "unknown questionnaire": (
        {"instrument": "nothing:1"},
        b"gv1_a\n4\n",
        {"instrument": ["Select a valid choice. nothing:1 is not one of the available choices."]},
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_bad_input_is_shown_and_writes_nothing(reason, staff, initiative):
    changes, content, expected = BAD[reason]
    answer = upload(staff, initiative, content, **changes)
    assert (answer.status_code, errors_of(answer), PastImport.objects.count()) == (200, expected, 0)


def test_figures_without_file_and_numbers_are_refused(staff, initiative):
    answer = upload(staff, initiative, None, page="past-figures")
    assert errors_of(answer) == {"file": ["Choose a file, or fill in at least one statement."]}


def test_day_of_a_round_that_is_here_is_refused(staff, initiative):
    round = brought_in(initiative, fixture("google-forms.csv"))
    answer = upload(staff, initiative, b"gv1_a\n4\n", instrument=f"{PARTNERS}:1", closes_on=round.closes_on.isoformat())
    assert errors_of(answer) == {
        "closes_on": ["“Survey of then” asked this questionnaire and closed on that day: it is here already."]
    }


def test_two_columns_for_one_question_are_refused_in_place(staff, initiative):
    past_import = checked(initiative, b"gv1_a,Other\n4,5\n")
    answer = staff.post(address("past-columns", initiative, past_import.pk), {"column-0": "gv1_a", "column-1": "gv1_a"})
    assert errors_of(answer) == {"column-1": ["The column “gv1_a” has this already. Choose another, or leave one out."]}
    past_import.refresh_from_db()
    assert (past_import.state, past_import.mapping) == (State.CHECKED, {})


def test_hostile_cells_are_plain_text(staff, initiative):
    rows = [
        ["gv1_a", MARKUP, "Sector", "Organisation"],
        [FORMULA, "1", MARKUP, FORMULA],
        [MARKUP, "1", "", "B"],
        ["4", "", "", "C"],
    ]
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    past_import = checked(initiative, quoted.encode())
    html = staff.get(address("past-detail", initiative, past_import.pk)).content.decode()
    assert "<script>alert" not in html
    assert [line[2] for line in past_import.report["unknown"]] == [FORMULA, MARKUP]
    past_import = checked(
        initiative, f'Code,Favourable,n\n"{FORMULA.replace(chr(34), chr(34) * 2)}",1,2\n'.encode(), kind=FIGURES
    )
    html = staff.get(address("past-detail", initiative, past_import.pk)).content.decode()
    assert "&quot;http://evil.example&quot;" in html


def test_cancelled_file_is_gone(staff, initiative):
    past_import = checked(initiative, fixture("google-forms.csv"))
    answer = staff.post(address("past-cancel", initiative, past_import.pk), follow=True)
    past_import.refresh_from_db()
    assert "The file was put away. Nothing of it is kept." in text_of(answer)
    assert (past_import.state, bytes(past_import.content), past_import.report) == (State.CANCELLED, b"", {})


def test_progress_reloads_the_page_when_a_worker_is_done(staff, initiative):
    past_import = received(initiative, fixture("google-forms.csv"))
    waiting = staff.get(address("past-progress", initiative, past_import.pk), headers={"HX-Request": "true"})
    assert "waiting to be checked" in text_of(waiting)
    tasks.check_past(past_import.pk)
    done = staff.get(address("past-progress", initiative, past_import.pk), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_template_names_every_statement_and_reads_again(staff, initiative):
    content = staff.get(address("past-template", initiative)).content
    past_import = checked(initiative, content, kind=FIGURES)
    assert content.decode("utf-8-sig").splitlines()[1].startswith("gv1_a,")
    assert (past_import.state, past_import.report["problems"]) == (State.CHECKED, ["no_figure"])


def test_interval_without_invited_is_told_as_a_share(staff, initiative):
    brought_in(initiative, fixture("google-forms.csv"))
    answer = staff.get(reverse("backbone:dashboard-figure", args=[initiative.slug, "GV1"]))
    assert "How many were invited is not known." in text_of(answer)


def rows_left(initiative):
    models = (Round, Publication, Result, PastResponse, PastFigure)
    return [within(model._base_manager.all(), initiative).count() for model in models]


@pytest.mark.parametrize("kind", [ANSWERS, FIGURES])
def test_a_director_takes_a_round_back_and_may_bring_it_in_again(
    director, initiative, kind, django_capture_on_commit_callbacks
):
    content = b"gv1_a\n" + b"4\n" * 12 if kind == ANSWERS else b"Code,Favourable,n\ngv1_a,7,12\n"
    round = (brought_in if kind == ANSWERS else published)(initiative, content=content)
    where = address("past-take-back", initiative, round.past_import.pk)
    assert "Take this round back" in text_of(director.get(round.past_import.get_absolute_url()))
    with django_capture_on_commit_callbacks(execute=True):
        assert "The round was taken back" in text_of(director.post(where, follow=True))
    assert rows_left(initiative) == [0] * 5
    entry = HistoryEntry.objects.get(verb="past_round.taken_back")
    assert (entry.object_label, entry.by) == ("Survey of then", director.user)
    assert "no round of this import any more" in text_of(director.post(where, follow=True))
    assert brought_in(initiative, content, kind=kind).state == Round.State.CLOSED


def test_a_round_stays_once_a_later_one_was_published_against_it(director, initiative):
    first = brought_in(initiative, b"gv1_a\n" + b"4\n" * 12, days_ago=400)
    brought_in(initiative, b"gv1_a\n" + b"2\n" * 12, days_ago=200)
    before = rows_left(initiative)
    stays = "A later round was published against this one"
    assert stays in text_of(director.get(first.past_import.get_absolute_url()))
    page = text_of(director.post(address("past-take-back", initiative, first.past_import.pk), follow=True))
    assert (stays in page, rows_left(initiative)) == (True, before)


def test_staff_do_not_take_rounds_back(staff, initiative, other_initiative):
    round = brought_in(initiative, b"gv1_a\n" + b"4\n" * 12)
    before = rows_left(initiative)
    assert "Take this round back" not in text_of(staff.get(round.past_import.get_absolute_url()))
    assert staff.post(address("past-take-back", initiative, round.past_import.pk)).status_code == 403
    assert rows_left(initiative) == before
