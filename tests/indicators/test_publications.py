"""The one door for figures, what is prepared for it, and what pages read back."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from indicators.actions.publications import publish_results
from indicators.disclosure import Cell
from indicators.figures import Basis, Earlier, ShownFigure, prepare
from indicators.models import Publication, Result
from indicators.queries import publications as queries
from indicators.statistics import Share
from initiatives.models import HistoryEntry

TOTAL = {"code": "GV1", "kind": "indicator", "breakdown": "", "cell": ""}


def publication(initiative, **fields):
    values = {
        "source_kind": "survey",
        "audience": "partners",
        "title": "Spring",
        "starts_on": datetime.date(2026, 3, 1),
        "ends_on": datetime.date(2026, 3, 15),
        "comparability_key": "small:partners:persons",
    }
    return Publication(initiative=initiative, **(values | fields))


def figure(code="GV1", **fields):
    return ShownFigure("indicator", code, **({"n": 12, "shown": {"count": 7}} | fields))


def prepared(cell, *, basis=None, **more):
    return prepare([cell], basis={"GV1": basis or Basis(20)}, **more)[0]


def test_publishing_writes_publication_results_and_history(initiative):
    hidden = ShownFigure("indicator", "GV1", "sector", "Health", is_shown=False, hidden_because="few")
    written = publish_results(publication=publication(initiative), figures=[figure(), hidden], by=None)
    rows = written.results.values_list("cell", "is_shown", "hidden_because", "n", "shown")
    assert list(rows) == [("", True, "", 12, {"count": 7}), ("Health", False, "few", None, {})]
    entry = HistoryEntry.objects.get(initiative=initiative)
    assert (entry.verb, entry.after) == ("results.published", {"reader_level": "inside", "figures": 1})


def test_publishing_writes_nothing_when_a_figure_comes_twice(initiative):
    with pytest.raises(IntegrityError), transaction.atomic():
        publish_results(publication=publication(initiative), figures=[figure(), figure()], by=None)
    assert (Publication.objects.count(), Result.objects.count(), HistoryEntry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("leak", [{"n": 3, "shown": {}}, {"n": None, "shown": {"count": 1}}])
def test_hidden_figure_with_a_number_is_refused_before_it_reaches_the_table(leak):
    with pytest.raises(ValueError, match="GV1 is hidden but carries figures"):
        figure(is_shown=False, **leak)


def test_table_itself_refuses_a_hidden_figure_with_n(initiative):
    owner = publication(initiative)
    owner.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.create(publication=owner, kind="item", code="a", is_shown=False, n=3)


def test_prepared_total_has_percent_interval_and_baseline():
    assert prepared(Cell(**TOTAL, n=20, count=15), basis=Basis(30, dont_know=3, not_applicable=1)).shown == {
        "count": 15,
        "percent": 75,
        "people": {"low": 18, "high": 25, "of": 30},
        "dont_know": 3,
        "not_applicable": 1,
        "change": {"verdict": "baseline"},
    }


def test_prepared_coded_total_has_nothing_that_undoes_the_code():
    earlier = Earlier({("indicator", "GV1"): Share(10, 20, 30)}, frozenset({"GV1"}))
    shown = prepared(Cell(**TOTAL, n=20, at_least=19), basis=Basis(30), earlier=earlier).shown
    assert shown == {"at_least": 19, "dont_know": 0, "not_applicable": 0, "change": {"verdict": "too_few"}}


def test_prepared_hidden_total_keeps_its_reason_alone():
    row = prepared(Cell(**TOTAL, hidden="few"), basis=Basis(30, dont_know=3))
    assert (row.is_shown, row.hidden_because, row.n, row.shown) == (False, "few", None, {})


def test_prepared_total_nobody_answered_has_no_answers_yet():
    row = prepared(Cell(**TOTAL, n=0), basis=Basis(30, dont_know=3))
    assert (row.is_shown, row.n, row.shown) == (True, 0, {})


@pytest.mark.parametrize(("asked", "shown"), [(4, False), (5, True)])
def test_prepared_cell_where_nobody_answered_shows_only_if_enough_were_asked(asked, shown):
    cell = Cell("GV1", "indicator", "sector", "Health", n=0)
    row = prepared(cell, asked={("sector", "Health"): asked}, threshold=5)
    assert (row.is_shown, row.n, row.hidden_because) == ((True, 0, "") if shown else (False, None, "few"))


def test_prepared_cells_have_no_interval_mean_or_change():
    cell = Cell("GV1", "indicator", "sector", "Health", n=12, count=7)
    assert prepared(cell, asked={("sector", "Health"): 20}, threshold=5).shown == {"count": 7, "percent": 58}


def test_hidden_pairs_are_not_written():
    cells = [Cell(**TOTAL, n=20, count=15), Cell("GV1", "indicator", "matched", "", hidden="few")]
    rows = prepare(cells, basis={"GV1": Basis(30)})
    assert [(row.breakdown, "paired" in row.shown) for row in rows] == [("", False)]


def test_latest_publications_are_the_newest_of_each_audience_and_level(initiative, other_initiative):
    day = datetime.date(2026, 6, 1)
    for title, fields in {
        "old": {},
        "new": {"ends_on": day},
        "committee": {"audience": "committee"},
        "public": {"reader_level": "public", "ends_on": day},
    }.items():
        publication(initiative, title=title, **fields).save()
    publication(other_initiative, title="foreign", ends_on=day).save()
    inside = {key: found.title for key, found in queries.latest_publications(initiative).items()}
    assert inside == {("survey", "partners"): "new", ("survey", "committee"): "committee"}
    public = queries.latest_publications(initiative, level="public")
    assert [found.title for found in public.values()] == ["public"]


def test_a_short_survey_does_not_push_a_longer_one_off_the_page(initiative):
    days = [datetime.date(2026, month, 1) for month in (6, 7, 8)]
    for title, day, codes in zip(
        ["long", "pulse", "long again"], days, [("GV1", "GV2"), ("GV1",), ("GV1", "GV2")], strict=True
    ):
        made = publication(
            initiative, title=title, ends_on=day, comparability_key=f"{title.split()[0]}:partners:persons"
        )
        publish_results(publication=made, figures=[figure(code) for code in codes], by=None)
        latest = queries.latest_publications(initiative)[("survey", "partners")].title
        assert latest == {"long": "long", "pulse": "long", "long again": "long again"}[title]


def test_shown_shares_are_the_exact_counts_of_the_whole_round(initiative):
    exact = figure(shown={"count": 7, "people": {"low": 7, "high": 9, "of": 20}})
    figures = [exact, figure("GV2", shown={"at_most": 1}), figure("GV1", breakdown="sector", cell="A")]
    written = publish_results(publication=publication(initiative), figures=figures, by=None)
    assert queries.shown_shares(written) == {("indicator", "GV1"): Share(7, 12, 20)}


def test_indicator_has_data_when_any_source_of_the_initiative_published_an_answer(initiative, other_initiative):
    publish_results(publication=publication(initiative), figures=[figure(), figure("GV2", n=0, shown={})], by=None)
    publish_results(publication=publication(other_initiative), figures=[figure("GV4")], by=None)
    assert queries.indicators_with_data(initiative) == {"GV1"}


def test_cells_of_a_figure_come_sectors_first(initiative):
    cells = [figure(breakdown=b, cell=c) for b, c in (("group", "Housing"), ("sector", "Health"), ("sector", ""))]
    written = publish_results(publication=publication(initiative), figures=[figure(), *cells], by=None)
    found = queries.cells_of(written, "indicator", "GV1")
    assert [(r.breakdown, r.cell) for r in found] == [("sector", "Health"), ("sector", ""), ("group", "Housing")]
    assert list(queries.whole_round(written)) == [("indicator", "GV1")]
