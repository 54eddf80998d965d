"""Files of answers: columns by the definition, every value as it is stored, nothing that runs, one owner, one day."""

import datetime
import io
import zipfile

import pyreadstat
import pytest
from django.test import Client
from django.utils import timezone

from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys import definition
from surveys.actions import exporting
from surveys.definition import KINDS
from surveys.export import codebook
from surveys.export.codebook import Tally
from surveys.export.columns import OTHER_TEXT, columns_of, in_columns, releasable, spss_names
from surveys.export.writing import write_sav
from surveys.models import AnswersFile, AnswersFilePart, Response, Round
from surveys.queries.releases import expired_files, files_to_make
from tests.surveys.all_kinds import KEPT, all_kinds
from tests.surveys.releases import (
    CODES,
    HOSTILE,
    address,
    closed_round,
    content_of,
    csv_rows,
    download,
    ordered,
    sheets,
    spss,
)

pytestmark = pytest.mark.django_db
PERSON = ["Name", "E-mail", "Organisation", "Sector", "Groups", "Language", "Sent at"]
ABOUT = [f"person_{number}" for number in range(1, 8)]


@pytest.fixture
def named(initiative):
    return closed_round(initiative, mode="named", new=5)


def stored(round):
    """{e-mail: answers} of a round, straight from the table."""
    return dict(round.responses.values_list("invitation__email", "answers"))


def test_every_kind_of_question_comes_out_as_it_was_answered():
    columns = columns_of(all_kinds())
    kept = KEPT | {"topics": ["reading", "other"], "topics_other": "Art"}
    told = in_columns(kept, columns)

    assert {column.kind for column in columns} == {*KINDS, OTHER_TEXT}
    assert [column.code for column in columns if column.asked == "topics"] == [
        "topics.reading", "topics.health", "topics.housing", "topics.none", "topics.other",
    ]  # fmt: skip
    assert {code: value for code, value in told.items() if "." in code} == {
        "topics.reading": 1, "topics.health": 0, "topics.housing": 0, "topics.none": 0, "topics.other": 1,
        "order.trust": 1, "order.time": 2, "order.money": 3,
    }  # fmt: skip
    assert {code: value for code, value in told.items() if "." not in code} == {
        code: value for code, value in kept.items() if code not in ("topics", "order")
    }


def test_every_kind_is_written_for_spss_and_counted_in_the_codebook(tmp_path):
    columns, path = columns_of(all_kinds()), tmp_path / "answers.sav"
    tally = Tally(columns)
    write_sav(path, [], columns, [((), in_columns(answers, columns)) for answers in (KEPT, {"since": "new"})], tally)
    values, meta = pyreadstat.read_sav(path)

    assert (values["people"].iloc[0], values["hours"].iloc[0], list(values["joined"])) == (
        1200.0,
        3.5,
        ["2024-02-29", ""],
    )
    assert meta.variable_value_labels["recommend"] == {0.0: "not at all", 10.0: "without hesitation"} | {
        float(n): str(n) for n in range(1, 10)
    }
    assert (meta.variable_measure["hours"], meta.variable_measure["order.trust"]) == ("scale", "ordinal")
    table = {row[0]: row for row in codebook.rows(tally)}
    assert (table["topics.none"][4:8], table["hours"][4:8]) == (
        ["several choices", "1 = chosen; 0 = not chosen", "1 = chosen; 0 = not chosen", 1],
        ["number", "", "", 1],
    )


@pytest.mark.parametrize("kinds", [("long_text", "date"), ("number",), ("single_choice", "other_text")])
@pytest.mark.parametrize("rows", [0, 2])
def test_a_questionnaire_without_ratings_is_written_for_spss(tmp_path, kinds, rows):
    columns, path = [column for column in columns_of(all_kinds()) if column.kind in kinds], tmp_path / "answers.sav"
    write_sav(path, [], columns, [((), in_columns(KEPT, columns))] * rows, Tally(columns))
    values, meta = pyreadstat.read_sav(path)
    assert (len(values), meta.column_names) == (rows, [column.code for column in columns])


def test_of_a_confidential_round_only_ratings_and_common_choices_may_leave():
    columns = columns_of(all_kinds())
    tally = Tally(columns)
    for number in range(10):
        answers = KEPT | {"recommend": 10 if number < 6 else 9, "topics": ["reading"] if number < 5 else ["health"]}
        tally.count(in_columns(answers, columns))

    leaving = [column.code for column in releasable(columns, told=tally.told, threshold=5)]

    assert [code for code in leaving if not code.startswith("order.")] == [
        "since", "topics.reading", "topics.health", "topics.housing", "topics.none", "topics.other",
        "gv1_a", "gv1_b", "meet_all", "meet_two", "sa3_often", "talk_home",
    ]  # fmt: skip


@pytest.mark.parametrize("code", definition.SHIPPED)
def test_columns_follow_the_definition_of_each_shipped_instrument(code):
    document = definition.load_shipped(code)
    assert [column.code for column in columns_of(document)] == list(document.question_of)


def test_csv_holds_who_said_what_in_the_order_of_the_definition(director, named):
    header, *rows = csv_rows(content_of(director, named))
    assert header == PERSON + CODES
    found = {row[1]: dict(zip(CODES, row[7:], strict=True)) for row in rows}
    expected = {email: {code: str(answers.get(code, "")) for code in CODES} for email, answers in stored(named).items()}
    hostile = next(answers for answers in expected.values() if answers["by"] == HOSTILE)
    hostile["by"] = f"'{HOSTILE}"
    assert found == expected


def test_xlsx_holds_the_same_with_numbers_as_numbers_and_a_codebook(director, named):
    book = sheets(content_of(director, named, "xlsx"))
    header, *rows = book["Answers"]
    assert (header, list(book)) == (PERSON + CODES, ["Answers", "Codebook"])
    first = next(row for row in rows if row[12] == f"'{HOSTILE}")
    assert first[7:12] == [1.0, "dk", "na", "", "new"]
    assert len(rows) == 12


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(director, named):
    archive = zipfile.ZipFile(io.BytesIO(content_of(director, named, "xlsx")))
    parts = b"".join(archive.read(name) for name in archive.namelist() if "sheets/" in name)
    assert b"evil.example" in parts
    assert (b"<f>" in parts, b"<f " in parts, b"hyperlink " in parts) == (False, False, False)


def test_spss_has_labels_and_declares_what_is_missing(director, named):
    values, meta = spss(content_of(director, named, "sav"))
    assert meta.column_names == [*ABOUT, "gv1_a", "gv1_b", "gv3_a", "sa1_a", "since", "by_"]
    assert [meta.column_names_to_labels[name] for name in ABOUT] == PERSON
    assert meta.column_names_to_labels["since"] == "Since when?"
    assert meta.variable_value_labels["since"] == {1.0: "Long", 2.0: "This year"}
    assert meta.variable_value_labels["gv1_a"] == {n: str(n) for n in range(1, 6)} | {98.0: "dk", 99.0: "na"}
    assert [r["lo"] for r in meta.missing_ranges["gv1_b"]] == [98.0, 99.0]
    assert sorted(values["since"]) == [1.0] * 7 + [2.0] * 5
    assert (list(values["gv1_b"]).count(98.0), list(values["gv3_a"]).count(99.0)) == (3, 3)


def test_spss_keeps_what_people_wrote_and_cuts_no_letter_in_half(director, named):
    long = "é" * 5000
    response = named.responses.first()
    Response.objects.filter(pk=response.pk).update(answers=response.answers | {"by": long})
    values, _meta = spss(content_of(director, named, "sav"))
    assert long in list(values["by_"])


def test_words_of_spss_become_names_it_takes():
    assert spss_names(["by", "to", "gv1_a", "by_"]) == {"by": "by_", "to": "to_", "gv1_a": "gv1_a", "by_": "by__"}


@pytest.mark.parametrize("format", ["codebook_csv", "codebook_xlsx"])
def test_codebook_says_what_each_column_means_and_counts_what_is_missing(director, named, format):
    content = content_of(director, named, format)
    rows = csv_rows(content) if format == "codebook_csv" else sheets(content)["Codebook"]
    table = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert list(table) == CODES
    counts = [int(table["gv1_b"][name]) for name in ("Answered", "Don't know", "Does not apply", "Not answered")]
    assert counts == [9, 3, 0, 0]
    assert (int(table["sa1_a"]["Not answered"]), table["since"]["Values"]) == (12, "old = Long; new = This year")
    assert (table["since"]["Values in SPSS"], table["by"]["Variable in SPSS"]) == ("1 = Long; 2 = This year", "by_")


def test_labels_stand_in_the_language_of_who_ordered(client_as, initiative, named):
    assert definition.load_shipped("backbone_effectiveness_partners").languages == ("en", "es", "fr")
    person = client_as(Role.STAFF)
    person.post(address("file-order", named), {"format": "codebook_csv"}, headers={"accept-language": "es"})
    assert AnswersFile.objects.get(owner=person.user).language == "es"


def test_a_draft_is_in_no_file(director, named):
    Response.objects.filter(pk=named.responses.first().pk).update(submitted_at=None)
    assert len(csv_rows(content_of(director, named))) == 12


def test_nothing_leaves_before_the_round_is_closed(director, named):
    Round.objects.update(state=Round.State.OPEN)
    page = director.post(address("file-order", named), {"format": "csv"}, follow=True).content.decode()
    assert "Before a round is closed nobody sees more" in page
    assert AnswersFile.objects.count() == 0


def test_order_and_download_stand_in_the_history_without_an_answer(staff, named):
    content_of(staff, named, "xlsx")
    entries = HistoryEntry.objects.order_by("pk").values_list("verb", "by", "after")
    after = {"format": "xlsx", "rows": 12, "release": None}
    expected = [("answers.file_ordered", staff.user.pk, after), ("answers.downloaded", staff.user.pk, after)]
    plain = [{k: v for k, v in each.items() if v is not None} for _verb, _by, each in expected]
    assert [(verb, by) for verb, by, _after in entries] == [(verb, by) for verb, by, _after in expected]
    assert [each for _verb, _by, each in entries] == plain


def test_a_file_opens_for_its_owner_alone(client_as, director, stranger, client, named):
    file = ordered(director, named)
    other = client_as(Role.DIRECTOR)
    assert [download(who, file).status_code for who in (director, other, stranger)] == [200, 404, 404]
    assert download(client, file)["Location"].startswith("/accounts/login/")
    assert director.get(address("file-download", named, file.key)).status_code == 405
    assert download(director, AnswersFile(round=named, key="x" * 43)).status_code == 404


def test_a_file_opens_in_its_own_initiative_alone(director, other_initiative, named):
    file = ordered(director, named)
    other_initiative.memberships.create(user=director.user, role=Role.DIRECTOR)
    assert director.post(f"/i/{other_initiative.slug}/rounds/files/{file.key}/").status_code == 404


def test_a_file_is_served_as_something_to_save_and_nothing_else(director, named):
    answer = download(director, ordered(director, named, "sav"))
    headers = ["Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control"]
    assert [answer[name] for name in headers] == [
        "application/x-spss-sav",
        f'attachment; filename="answers-round-{named.pk}.sav"',
        "nosniff",
        "private, no-store",
    ]
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_a_right_that_was_lost_closes_the_file(director, named):
    file = ordered(director, named)
    director.user.memberships.update(role=Role.COMMITTEE)
    assert download(director, file).status_code == 404


def test_a_file_is_over_after_a_day_and_then_deleted(director, named):
    file = ordered(director, named)
    later = timezone.now() + datetime.timedelta(hours=24, minutes=1)
    assert (expired_files(now=timezone.now()), expired_files(now=later)) == ([], [file.pk])
    AnswersFile.objects.update(expires_at=timezone.now())
    assert download(director, file).status_code == 404
    exporting.delete_expired(file_ids=expired_files(now=timezone.now()))
    assert (AnswersFile.objects.count(), AnswersFilePart.objects.count()) == (0, 0)


def test_deleting_leaves_a_file_that_is_not_over(director, named):
    file = ordered(director, named)
    AnswersFile.objects.update(state=AnswersFile.State.WAITING)
    exporting.delete_expired(file_ids=[file.pk])
    assert AnswersFile.objects.count() == 1


def test_keys_are_long_and_never_the_same(director, named):
    keys = [ordered(director, named).key for _time in range(3)]
    assert (len(set(keys)), {len(key) for key in keys}) == (3, {43})


def test_orders_come_to_an_end(director, named, monkeypatch):
    monkeypatch.setattr(exporting, "ORDERS_AN_HOUR", 2)
    for _time in range(3):
        page = director.post(address("file-order", named), {"format": "csv"}, follow=True).content.decode()
    assert "many files made within an hour" in page
    assert AnswersFile.objects.count() == 2


def test_unknown_format_makes_nothing(director, named):
    page = director.post(address("file-order", named), {"format": "../../etc/passwd"}, follow=True).content.decode()
    assert "Choose one of the files that are offered." in page
    assert AnswersFile.objects.count() == 0


@pytest.fixture
def waiting(director, named):
    file = AnswersFile.objects.create(
        round=named, owner=director.user, language="en", expires_at=timezone.now() + datetime.timedelta(hours=1)
    )
    return file


def test_a_file_that_waits_or_was_left_behind_is_found_again(waiting):
    now = timezone.now()
    assert files_to_make(now=now) == [waiting.pk]
    AnswersFile.objects.update(state=AnswersFile.State.MAKING, claimed_at=now)
    assert files_to_make(now=now) == []
    assert files_to_make(now=now + datetime.timedelta(seconds=301)) == [waiting.pk]


def test_made_twice_is_made_once(waiting):
    assert [exporting.make(file_id=waiting.pk) for _time in range(2)] == [True, False]
    assert waiting.parts.count() == 1


def test_a_withdrawal_while_the_file_is_made_ends_it(waiting, monkeypatch):
    def interrupted(*arguments):
        AnswersFile.objects.update(expires_at=timezone.now())
        return original(*arguments)

    original = exporting.WRITERS["csv"]
    monkeypatch.setitem(exporting.WRITERS, "csv", interrupted)
    assert exporting.make(file_id=waiting.pk) is False
    assert waiting.parts.count() == 0


def test_a_file_whose_answers_were_deleted_meanwhile_is_not_made(waiting):
    Round.objects.update(answers_deleted_at=timezone.now())
    assert exporting.make(file_id=waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.parts.count()) == (AnswersFile.State.FAILED, 0)


def test_a_large_file_is_kept_and_served_in_parts(director, named, monkeypatch):
    monkeypatch.setattr(exporting, "PART_BYTES", 100)
    content = content_of(director, named)
    assert AnswersFilePart.objects.count() == -(-len(content) // 100) > 3
    assert len(csv_rows(content)) == 13


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.DIRECTOR, Role.STAFF}])
def test_other_roles_have_nothing_to_do_with_named_answers(client_as, named, role):
    member = client_as(role)
    assert member.get(address("round-answers", named)).status_code == 403
    assert member.post(address("file-order", named), {"format": "csv"}).status_code == 403
    assert AnswersFile.objects.count() == 0


def test_the_page_is_there_for_staff_and_not_for_strangers(staff, stranger, named):
    page = staff.get(address("round-answers", named))
    assert (page.status_code, "Make the file" in page.content.decode()) == (200, True)
    assert stranger.get(address("round-answers", named)).status_code == 404
    assert Client().get(address("round-answers", named)).status_code == 302
