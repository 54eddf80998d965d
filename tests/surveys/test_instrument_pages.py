"""The pages of instruments: the ladder, the file out and in, a version more, and what respondents see of missing texts."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import csv
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys import definition
from surveys.actions import instruments
from surveys.models import InstrumentVersion, Round
from surveys.queries.results import comparability_key
from surveys.tokens import survey_token
from tests.surveys.factories import InstrumentVersionFactory, InvitationFactory, RoundFactory

PULSE, PARTNERS = "backbone_pulse", "backbone_effectiveness_partners"
COMMENT = "sections.pulse.questions.comment.text"
MARKUP = '<script>alert("x")</script>'


def address(name, initiative, *arguments):
    return reverse(f"surveys:{name}", args=[initiative.slug, *arguments])


def file_of(*rows, name="texts.csv"):
    return {"file": SimpleUploadedFile(name, b"".join(csv.write(rows)))}


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def published(client, initiative, code, *rows):
    """Upload, look, publish, as a person does it."""
    looked = client.post(address("instrument-upload", initiative, code), file_of(*rows))
    form = page(looked).find("form", action=address("instrument-publish", initiative, code))
    return client.post(form["action"], {"signed": form.find("input", attrs={"name": "signed"})["value"]})


def arabic_pulse(initiative, by=None):
    """A version of the partners' questionnaire in which only the title is Arabic."""
    instruments.install_shipped(initiative=initiative, by=by)
    changes = {("title", "ar"): "كيف نعمل معًا؟"}
    return instruments.publish_translations(initiative=initiative, code=PARTNERS, number=1, changes=changes, by=by)


@pytest.mark.parametrize("name", ["instrument-list", "instrument-detail", "instrument-file"])
def test_page_opens_for_director_and_staff_alone(name, director, staff, stranger, client_as, initiative):
    extra = {"instrument-list": [], "instrument-detail": [PULSE], "instrument-file": [PULSE, "csv"]}[name]
    there = address(name, initiative, *extra)
    assert [client.get(there).status_code for client in (director, staff)] == [200, 200]
    assert stranger.get(there).status_code == 404
    for role in (Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER):
        assert client_as(role).get(there).status_code == 403


@pytest.mark.parametrize("name", ["instrument-upload", "instrument-publish"])
def test_action_is_refused_by_get_and_without_the_permission(name, staff, committee_member, stranger, initiative):
    there = address(name, initiative, PULSE)
    assert staff.get(there).status_code == 405
    assert committee_member.post(there).status_code == 403
    assert stranger.post(there).status_code == 404


def test_instrument_of_another_initiative_does_not_exist(staff, initiative, other_initiative):
    InstrumentVersionFactory(instrument__initiative=other_initiative, instrument__code="theirs")
    for name, extra in (("instrument-detail", []), ("instrument-file", ["csv"])):
        assert staff.get(address(name, initiative, "theirs", *extra)).status_code == 404
    for name in ("instrument-upload", "instrument-publish"):
        assert staff.post(address(name, initiative, "theirs")).status_code == 404
    assert staff.get(address("instrument-file", initiative, PULSE, "exe")).status_code == 404


def test_list_shows_every_language_with_its_share_and_costs_one_query_more_or_less(staff, initiative):
    there = address("instrument-list", initiative)
    arabic_pulse(initiative)
    with CaptureQueriesContext(connection) as few:
        meters = page(staff.get(there)).select(".progress-words")
    assert [m.get_text(" ", strip=True) for m in meters][:4] == [
        "English 100 %",
        "Spanish 100 %",
        "French 100 %",
        "Arabic 1 %: 65 texts missing, shown in English",
    ]
    RoundFactory.create_batch(3, initiative=initiative)
    with CaptureQueriesContext(connection) as many:
        staff.get(there)
    assert len(few) == len(many)


def test_looking_writes_nothing_and_publishing_makes_a_version(staff, initiative):
    rows = (["key", "fr"], [COMMENT, "Et ensuite ?"])
    staff.post(address("instrument-upload", initiative, PULSE), file_of(*rows))
    assert InstrumentVersion.objects.count() == 0
    assert published(staff, initiative, PULSE, *rows).url == address("instrument-detail", initiative, PULSE)
    versions = InstrumentVersion.objects.filter(instrument__code=PULSE)
    assert [(v.number, v.origin) for v in versions] == [(2, "translated"), (1, "shipped")]
    documents = [definition.parse(v.definition).texts()[0].text.in_language("fr") for v in versions]
    assert documents[0] == "Et ensuite ?"
    assert documents[1] == definition.load_shipped(PULSE).texts()[0].text.in_language("fr")
    assert HistoryEntry.objects.filter(verb="instrument.published", object_label__endswith="2").count() == 1


def test_markup_in_a_file_is_shown_as_text(staff, initiative):
    answer = staff.post(
        address("instrument-upload", initiative, PULSE), file_of(["key", "fr", MARKUP], [COMMENT, MARKUP, ""])
    )
    assert MARKUP not in answer.content.decode()
    assert page(answer).find("span", lang="fr", string=MARKUP)["dir"] == "ltr"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00", "This is neither a CSV nor an XLSX file."),
        (b"PK\x03\x04broken", "This XLSX file cannot be read."),
        (b"key,fr\n" + b"x" * (1024 * 1024), "The file is larger than 1 MB."),
    ],
)
def test_file_that_cannot_be_read_is_answered_with_what_to_do(content, sentence, staff, initiative):
    there = address("instrument-upload", initiative, PULSE)
    answer = staff.post(there, {"file": SimpleUploadedFile("texts.csv", content)})
    assert answer.status_code == 422
    assert sentence in page(answer).find(class_="invalid-feedback").get_text()
    assert InstrumentVersion.objects.count() == 0


def test_forged_and_foreign_changes_are_not_published(staff, initiative, other_initiative, client_as):
    from surveys.queries import instruments as queries

    asked = queries.questionnaire(other_initiative, PULSE)
    for signed in ("", "forged", queries.signed_changes(other_initiative, asked, {(COMMENT, "fr"): "x"})):
        staff.post(address("instrument-publish", initiative, PULSE), {"signed": signed})
    assert InstrumentVersion.objects.count() == 0


def test_same_look_published_twice_makes_one_version(staff, initiative):
    looked = staff.post(address("instrument-upload", initiative, PULSE), file_of(["key", "fr"], [COMMENT, "Et ?"]))
    signed = page(looked).find("input", attrs={"name": "signed"})["value"]
    for _ in range(2):
        answer = staff.post(address("instrument-publish", initiative, PULSE), {"signed": signed}, follow=True)
    assert "Since you looked, a newer version was published." in page(answer).get_text()
    assert InstrumentVersion.objects.filter(instrument__code=PULSE).count() == 2


def test_next_draft_asks_the_translated_version_and_shipping_again_changes_nothing(initiative):
    version = arabic_pulse(initiative)
    assert instruments.install_shipped(initiative=initiative, by=None)[PARTNERS] == version
    assert InstrumentVersion.objects.filter(instrument__code=PARTNERS).count() == 2


def test_translations_are_kept_when_a_newer_text_ships(initiative, monkeypatch):
    arabic_pulse(initiative)
    shipped = definition.load_shipped(PARTNERS)
    newer = definition.parse(
        definition.translated(definition.to_json(shipped), {("introduction", "fr"): "Plus court."})
    )
    monkeypatch.setattr(definition, "load_shipped", lambda code: newer)
    monkeypatch.setattr(definition, "SHIPPED", (PARTNERS,))
    version = instruments.install_shipped(initiative=initiative, by=None)[PARTNERS]
    document = definition.parse(version.definition)
    assert (version.number, version.origin) == (4, "translated")
    assert document.introduction.in_language("fr") == "Plus court."
    assert document.title.in_language("ar") == "كيف نعمل معًا؟"


def test_rounds_of_both_versions_stay_comparable(initiative):
    version = arabic_pulse(initiative)
    first = version.instrument.versions.get(number=1)
    rounds = [RoundFactory(initiative=initiative, instrument_version=each) for each in (first, version)]
    assert comparability_key(rounds[0]) == comparability_key(rounds[1])
    assert list(definition.parse(first.definition).question_of) == list(
        definition.parse(version.definition).question_of
    )


def test_draft_takes_the_newest_version_and_a_sent_round_never(staff, committee_member, initiative, other_initiative):
    version = arabic_pulse(initiative)
    old = version.instrument.versions.get(number=1)
    draft = RoundFactory(initiative=initiative, instrument_version=old, state=Round.State.DRAFT)
    sent = RoundFactory(initiative=initiative, instrument_version=old)
    foreign = RoundFactory(initiative=other_initiative, state=Round.State.DRAFT)
    assert committee_member.post(address("round-version", initiative, draft.pk)).status_code == 403
    assert staff.post(address("round-version", initiative, foreign.pk)).status_code == 404
    for round in (draft, sent):
        staff.post(address("round-version", initiative, round.pk))
        round.refresh_from_db()
    assert (draft.instrument_version, sent.instrument_version) == (version, old)


# What respondents see


@pytest.fixture
def arabic_link(initiative):
    round = RoundFactory(initiative=initiative, instrument_version=arabic_pulse(initiative))
    invitation = InvitationFactory(round=round, contact__language="ar")
    return f"/s/{survey_token(invitation.pk, invitation.link_version)}/"


def test_missing_text_falls_back_and_says_so_in_the_readers_language(client, arabic_link):
    welcome = page(client.get(arabic_link))
    assert (welcome.html["lang"], welcome.html["dir"]) == ("ar", "rtl")
    assert welcome.h1.find(class_="untranslated") is None
    introduction = welcome.find(class_="lead prose")
    assert (introduction["lang"], introduction["dir"]) == ("en", "ltr")
    section = page(client.get(f"{arabic_link}1/"))
    marked = section.h1.find(class_="untranslated")
    assert (marked["lang"], marked["dir"], marked.get_text()) == ("en", "ltr", "The agenda we share")
    notes = [note for note in section.find_all("p", class_="note") if note.find(lang="en")]
    assert [note.find(lang="en").get_text() for note in notes] == ["English"]


def test_complete_language_has_no_mark_and_no_note(client, arabic_link):
    for number in ("", "1/", "2/"):
        french = page(client.get(f"{arabic_link}{number}?language=fr"))
        assert (french.find(class_="untranslated"), french.find("p", lang="en")) == (None, None)
        assert [each["lang"] for each in french.select(".languages [lang]")] == ["en", "es", "fr", "ar"]


def test_switching_keeps_answers_also_on_a_page_with_errors(client, arabic_link):
    too_long = "x" * 5001
    answer = client.post(f"{arabic_link}1/?language=fr", {"gv1_recall": too_long, "gv1_a": "4", "go": "language-ar"})
    assert answer.status_code == 422
    kept = page(answer)
    assert kept.html["lang"] == "fr"
    assert kept.find("textarea", attrs={"name": "gv1_recall"}).get_text() == too_long
    fields = {"gv1_recall": "Short enough", "gv1_a": "4", "go": "language-ar"}
    moved = client.post(kept.find("form", class_="survey")["action"], fields)
    assert moved.url == f"{arabic_link}1/?language=ar"
    arabic = page(client.get(moved.url))
    assert arabic.html["dir"] == "rtl"
    assert arabic.find("textarea", attrs={"name": "gv1_recall"}).get_text() == "Short enough"
    assert arabic.find("input", attrs={"name": "gv1_a", "checked": True})["value"] == "4"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/s/nothing/", "/u/nothing/"])
@pytest.mark.parametrize(
    ("header", "language", "direction"),
    [("ar-EG,fr;q=0.5", "ar", "rtl"), ("de,fr;q=0.5", "fr", "ltr"), ("", "en", "ltr"), ("\x00;q=x", "en", "ltr")],
)
def test_link_that_opens_nothing_speaks_the_language_of_the_browser(client, address, header, language, direction):
    html = page(client.get(address, headers={"Accept-Language": header})).html
    assert (html["lang"], html["dir"]) == (language, direction)
