"""What people wrote in their own words: who reads it when, redacting, and releasing it for good."""

import datetime
import secrets

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from indicators.actions.publications import publish_texts
from indicators.models import Publication, ReleasedTexts
from initiatives.models import HistoryEntry
from initiatives.permissions import Role
from surveys.actions import texts as actions
from surveys.actions import withdrawing
from surveys.actions.closing import close_round
from surveys.actions.rounds import RoundRefused
from surveys.models import AnonymousResponse, Response, Round, TextReview
from surveys.queries import texts
from surveys.queries.texts import kept_keys, open_text
from surveys.redaction import MARK, is_redaction, says_nothing, tidy
from surveys.tokens import survey_token
from tests.security.world import every_row
from tests.surveys.factories import RoundFactory
from tests.surveys.texts import answered, change, closed, numbered, redact, release, review

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & more"


def address(round, rest=""):
    return reverse("surveys:round-texts", args=[round.initiative.slug, round.pk]) + rest


def page(client, round, rest="comment/"):
    return client.get(address(round, rest)).content.decode()


def sent(round, *edits, code="comment"):
    """What the page sends of these texts."""
    fields = {}
    for made in change(round, *edits, code=code):
        fields |= {f"{made.key}-seen": made.seen, f"{made.key}-text": made.text, f"{made.key}-reason": made.reason}
    return fields


# --- which texts anybody reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "per_organisation", "read"),
    [(4, 1, 0), (5, 1, 5), (5, 5, 0), (6, 5, 6), (12, 12, 0)],
    ids=["four", "five of five", "five of one", "six of two", "all of one"],
)
def test_texts_are_read_where_enough_of_two_organisations_wrote(staff, initiative, number, per_organisation, read):
    round = closed(initiative, numbered(number), per_organisation=per_organisation)
    assert [state.readable for state in texts.question_states(round)] == [read, 0, 0]
    assert len(review(round).entries if review(round) else []) == read
    shown = [text in page(staff, round) for text in numbered(number)]
    assert shown == [bool(read)] * number


def test_below_the_rule_the_page_says_the_rule_and_no_number(staff, initiative):
    round = closed(initiative, numbered(4))
    answer = staff.get(address(round, "comment/"), follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain == [(address(round), 302)]
    assert "too few texts to read" in shown
    assert "unless at least 5 people from two or more organisations wrote something there" in shown
    assert "4 to read" not in shown


def test_people_without_an_organisation_count_as_one(initiative):
    round = closed(initiative, numbered(6))
    round.invitations.update(organisation=None)
    assert review(round) is None


def test_a_language_in_which_few_wrote_is_read_by_nobody(staff, initiative):
    round = closed(initiative, numbered(11))
    few = [answer.pk for answer in Response.objects.filter(answers__has_key="comment")[:4]]
    Response.objects.filter(pk__in=few).update(language="fr")
    kept = {row.answers["comment"] for row in Response.objects.exclude(pk__in=few) if "comment" in row.answers}
    assert {entry.original for entry in review(round).entries} == kept
    shown = page(staff, round)
    assert [text for text in set(numbered(11)) - kept if text in shown] == []


def test_the_language_of_the_invitation_stands_in(initiative):
    round = closed(initiative, numbered(9))
    round.invitations.filter(response__answers__has_key="comment").filter(
        pk__in=list(round.invitations.order_by("pk").values_list("pk", flat=True)[:5])
    ).update(language="es")
    assert len(review(round).entries) == 5


def test_every_kind_of_own_words_is_there_and_nothing_that_was_not_sent(initiative):
    said = [{"recall": f"Short {n}", "since": "other", "since_other": f"Beside {n}"} for n in range(6)]
    round = closed(initiative, said, people=12, drafts=[5])
    assert [state.readable for state in texts.question_states(round)] == [0, 5, 5]
    assert {e.original for e in review(round, "since_other").entries} == {f"Beside {n}" for n in range(5)}
    assert open_text(round, "since_other").label == "Since when? – Other:"


def test_before_closing_nobody_reads_anything(director, initiative):
    round = answered(initiative, numbered(8))
    shown = page(director, round, "")
    assert "Before a round is closed nobody sees more than how many have answered." in shown
    assert "8 to read" not in shown
    assert director.get(address(round, "comment/")).url == address(round)
    with pytest.raises(RoundRefused, match="Before a round is closed"):
        redact(round, (numbered(1)[0], MARK, "names"))


def test_a_cancelled_round_has_no_texts_to_read(staff, initiative):
    round = answered(initiative, numbered(8))
    Round.objects.update(state=Round.State.CANCELLED)
    assert "Words of person" not in page(staff, round, "") + page(staff, round)


def test_a_round_asked_elsewhere_has_no_such_page(staff, initiative):
    round = closed(initiative, numbered(8))
    Round.objects.update(origin=Round.Origin.ANSWERS)
    assert [staff.get(address(round, rest)).status_code for rest in ("", "comment/")] == [404, 404]


def test_in_a_named_round_the_same_rules_hold(staff, initiative):
    round = closed(initiative, numbered(4), mode=Round.Mode.NAMED)
    assert "too few texts to read" in page(staff, round, "")
    assert review(round) is None


def anonymous(initiative, number, *, people=12, per_organisation=1):
    round = answered(initiative, [], people=people, per_organisation=per_organisation)
    Response.objects.filter(round=round).delete()
    for n in range(number):
        AnonymousResponse.objects.create(round=round, answers={"comment": f"Words of person {n}, about Maria."})
    publication = Publication.objects.create(
        initiative=initiative,
        source_kind="survey",
        audience="partners",
        title=round.title,
        starts_on=round.closes_on,
        ends_on=round.closes_on,
        comparability_key="x",
    )
    Round.objects.filter(pk=round.pk).update(
        mode=Round.Mode.ANONYMOUS, state=Round.State.CLOSED, closed_at=timezone.now(), publication=publication
    )
    return Round.objects.get(pk=round.pk)


@pytest.mark.parametrize(("number", "largest", "read"), [(4, 1, 0), (5, 1, 5), (6, 6, 0), (7, 6, 7)])
def test_of_an_anonymous_round_so_many_that_they_cannot_be_of_one_organisation(
    staff, initiative, number, largest, read
):
    round = anonymous(initiative, number, per_organisation=largest)
    assert texts.question_states(round)[0].readable == read
    assert (len(release(round).texts) if read else 0) == read
    assert f"unless at least {max(5, largest + 1)} people wrote something there" in page(staff, round, "")


# --- what the page tells, and what it does not ------------------------------------------------------------------------


def test_the_order_is_another_for_each_question_and_nothing_else_is_there(staff, initiative):
    said = [{"comment": f"Said {n:02}", "recall": f"Said {n:02}"} for n in range(12)]
    round = closed(initiative, said)
    orders = [[entry.original for entry in review(round, code).entries] for code in ("comment", "recall")]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) not in (orders[0], orders[1], orders[0][::-1])
    shown = page(staff, round)
    people = [value for i in round.invitations.all() for value in (i.name, i.email, i.organisation_name)]
    assert [value for value in people if escape(value) in shown] == []
    assert page(staff, round) == page(staff, round) or "csrfmiddlewaretoken" in shown


def test_equal_texts_are_one_entry_and_count_as_many(initiative):
    round = closed(initiative, ["No."] * 5 + ["Yes, please."])
    assert sorted((entry.original, entry.times) for entry in review(round).entries) == [("No.", 5), ("Yes, please.", 1)]
    assert sorted(release(round).texts) == ["No."] * 5 + ["Yes, please."]


def test_markup_in_a_text_stays_text(staff, initiative):
    round = closed(initiative, [HOSTILE, *numbered(5)])
    shown = page(staff, round)
    assert (HOSTILE in shown, escape(HOSTILE) in shown) == (False, True)


def test_more_texts_than_a_page_holds_come_on_the_next(staff, initiative, django_assert_max_num_queries):
    round = closed(initiative, numbered(23), people=24)
    first, second = page(staff, round), page(staff, round, "comment/?page=2")
    assert [shown.count("<textarea") for shown in (first, second)] == [20, 3]
    with django_assert_max_num_queries(9):
        page(staff, round)


@pytest.mark.parametrize("number", [6, 12])
def test_the_list_of_questions_costs_the_same(staff, initiative, number, django_assert_num_queries):
    there = address(closed(initiative, numbered(number)))
    with django_assert_num_queries(6):
        staff.get(there)


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CO_CHAIR, Role.MEMBER, Role.FUNDER, Role.OBSERVER])
def test_readers_have_no_business_with_texts_that_wait(client_as, initiative, role):
    round = closed(initiative, numbered(6))
    client = client_as(role)
    before = every_row()
    assert [client.get(address(round, rest)).status_code for rest in ("", "comment/")] == [403, 403]
    assert client.post(address(round, "comment/"), sent(round, (numbered(1)[0], MARK, "names"))).status_code == 403
    assert client.post(address(round, "comment/release/"), {"digest": review(round).digest}).status_code == 403
    assert every_row() == before


def test_staff_redact_and_a_director_releases(staff, director, initiative):
    round = closed(initiative, numbered(6))
    assert "Only a director can release them" in page(staff, round)
    digest = {"digest": review(round).digest}
    assert staff.post(address(round, "comment/release/"), digest).status_code == 403
    assert ReleasedTexts.objects.count() == 0
    answer = director.post(address(round, "comment/release/"), digest, follow=True)
    assert "6 texts were released." in answer.content.decode()
    assert (sorted(ReleasedTexts.objects.get().texts), TextReview.objects.count()) == (numbered(6), 0)


def test_strangers_and_other_initiatives_find_nothing(stranger, client_as, initiative, other_initiative):
    round = closed(other_initiative, numbered(6))
    foreign = address(round, "comment/").replace(other_initiative.slug, initiative.slug)
    director = client_as(Role.DIRECTOR)
    assert [stranger.get(address(round)).status_code, director.get(foreign).status_code] == [404, 404]
    assert director.post(f"{foreign}release/", {"digest": "x"}).status_code == 404


def test_a_question_that_nobody_asked_is_not_there(director, initiative):
    round = closed(initiative, numbered(6))
    assert director.get(address(round, "gv1_a/")).status_code == 404
    assert director.post(address(round, "gv1_a/release/"), {"digest": "x"}).status_code == 404


# --- redacting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Ask Maria at the school, please.", True),
        ("Ask […] at the school, please.", True),
        ("Ask […] at […], please.", True),
        ("[…] please.", True),
        ("Ask Maria […]", True),
        ("Ask […]please[…].", True),
        ("Ask her at the school, please.", False),
        ("Ask […] at the college, please.", False),
        ("Ask Maria at the school, please. […] Or not.", False),
        ("Ask Maria at the school", False),
        ("please […] Ask", False),
        ("Ask Maria at the school, please.[…]please.", False),
    ],
)
def test_redacting_takes_out_and_never_adds(text, allowed):
    assert is_redaction("Ask Maria at the school, please.", text) is allowed


def test_marks_are_taken_as_people_type_them_and_those_of_the_writer_stay():
    assert tidy("a b c", "a [...] c\r\n") == "a […] c"
    assert tidy("a b c", "a (…) c") == "a […] c"
    assert tidy("a [...] c", "a [...] c") == "a [...] c"
    assert [says_nothing(text) for text in ("[…]", " […], […].", "", "[…] no")] == [True, True, True, False]


def test_staff_redact_and_leave_out_and_readers_see_nothing_yet(staff, initiative):
    round = closed(initiative, numbered(7))
    first, second, *_rest = numbered(7)
    edits = (first, first.replace("Maria", "[...]"), ""), (second, second, "harms")
    answer = staff.post(address(round, "comment/"), sent(round, *edits), follow=True)
    assert "Readers see nothing before it is released." in answer.content.decode()
    found = {entry.original: (entry.text, entry.reason) for entry in review(round).entries}
    assert (found[first], found[second]) == ((first.replace("Maria", MARK), ""), (second, "harms"))
    assert (review(round).released, review(round).redacted, review(round).left_out) == (6, 1, {"harms": 1})
    assert ReleasedTexts.objects.count() == 0


def test_a_change_is_taken_back_and_leaves_nothing(staff, initiative):
    round = closed(initiative, numbered(6))
    text = numbered(1)[0]
    redact(round, (text, MARK + text[5:], "names"), by=staff.user)
    redact(round, (text, text, ""), by=staff.user)
    assert TextReview.objects.get().edits == {}


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("Words of somebody nice, about Maria.", "Only take words out, and put […] where they stood"),
        ("[…]", "Nothing is left of this text. Leave it out and choose a reason."),
        ("", "Nothing is left of this text. Leave it out and choose a reason."),
    ],
)
def test_what_is_no_redaction_comes_back_as_it_was_typed(staff, initiative, wanted, sentence):
    round = closed(initiative, numbered(6))
    before = every_row()
    answer = staff.post(address(round, "comment/"), sent(round, (numbered(1)[0], wanted, "")))
    shown = answer.content.decode()
    assert (answer.status_code, sentence in shown, f"{wanted}</textarea>" in shown) == (422, True, True)
    assert every_row() == before
    with pytest.raises(RoundRefused):
        redact(round, (numbered(1)[0], wanted, ""))


def test_an_unknown_reason_is_refused(staff, initiative):
    round = closed(initiative, numbered(6))
    answer = staff.post(address(round, "comment/"), sent(round, (numbered(1)[0], numbered(1)[0], "unkind")))
    assert (answer.status_code, TextReview.objects.count()) == (422, 0)


def test_looking_and_saving_without_a_change_write_nothing(staff, initiative):
    round = closed(initiative, numbered(6))
    before = every_row()
    assert [staff.get(address(round, rest)).status_code for rest in ("", "comment/")] == [200, 200]
    staff.post(address(round, "comment/"), sent(round, *((text, text, "") for text in numbered(6))))
    assert every_row() == before


def test_two_people_at_the_same_text_lose_no_words(staff, director, initiative):
    round = closed(initiative, numbered(6))
    first, second = numbered(2)
    late = sent(round, (first, first.replace("Words", MARK), ""), (second, second, "harms"))
    redact(round, (first, first.replace("Maria", MARK), ""), by=director.user)
    answer = staff.post(address(round, "comment/"), late)
    shown = answer.content.decode()
    assert (answer.status_code, "Somebody else changed the same texts" in shown) == (409, True)
    assert first.replace("Words", MARK) + "</textarea>" in shown.replace("\n", "")
    assert first.replace("Maria", MARK) in shown
    assert (review(round).redacted, review(round).left_out) == (1, {})
    again = {
        field["name"]: field["value"]
        for form in answer.context["forms"]
        for field in ({"name": f"{form.prefix}-{n}", "value": form[n].value() or ""} for n in form.fields)
    }
    staff.post(address(round, "comment/"), again)
    found = {entry.original: (entry.text, entry.reason) for entry in review(round).entries}
    assert (found[first][0], found[second][1]) == (first.replace("Words", MARK), "harms")


def test_two_people_at_different_texts_are_in_nobodys_way(staff, director, initiative):
    round = closed(initiative, numbered(6))
    first, second = numbered(2)
    late = sent(round, (first, first.replace("Words", MARK), ""), (second, second, ""))
    redact(round, (second, second, "names"), by=director.user)
    assert staff.post(address(round, "comment/"), late).status_code == 302
    assert (review(round).redacted, review(round).left_out) == (1, {"names": 1})


# --- releasing --------------------------------------------------------------------------------------------------------


def test_what_is_released_is_frozen_counted_and_in_an_order_of_its_own(director, initiative, monkeypatch):
    round = closed(initiative, numbered(8))
    first, second, *rest = numbered(8)
    redact(round, (first, first.replace("Maria", MARK), ""), (second, second, "writer"), by=director.user)
    before = [entry.text for entry in review(round).entries if not entry.reason]
    shuffled = []
    monkeypatch.setattr(secrets.SystemRandom, "shuffle", lambda self, x: (shuffled.append(list(x)), x.reverse()))
    row = release(round, by=director.user)
    assert (shuffled, row.texts) == ([before], before[::-1])
    assert sorted(row.texts) == sorted([first.replace("Maria", MARK), *rest])
    assert (row.redacted, row.left_out) == (1, {"writer": 1})
    assert row.publication_id == round.publication_id
    assert review(round) is None


def test_a_release_happens_once(director, initiative):
    round = closed(initiative, numbered(6))
    digest = review(round).digest
    release(round, by=director.user)
    with pytest.raises(RoundRefused, match="released before"):
        release(round, digest=digest)
    with pytest.raises(RoundRefused, match="released before"):
        actions.redact(round=round, asked=open_text(round, "comment"), changes=[], by=None)
    assert ReleasedTexts.objects.count() == 1


def test_of_two_who_release_at_once_the_database_lets_one_through(director, initiative, monkeypatch):
    round = closed(initiative, numbered(6))
    seen = review(round)
    release(round, by=director.user)
    monkeypatch.setattr(actions, "_held_review", lambda round, asked: seen)
    with pytest.raises(RoundRefused, match="released before"):
        release(round, digest=seen.digest)
    assert ReleasedTexts.objects.count() == 1


def test_what_changed_since_it_was_looked_at_is_not_released(staff, director, initiative):
    round = closed(initiative, numbered(7))
    digest = review(round).digest
    redact(round, (numbered(1)[0], numbered(1)[0], "names"), by=staff.user)
    answer = director.post(address(round, "comment/release/"), {"digest": digest}, follow=True)
    assert "Since you looked, the texts have changed." in answer.content.decode()
    assert ReleasedTexts.objects.count() == 0


@pytest.mark.parametrize(("written", "out"), [(5, 1), (8, 4), (6, 6)])
def test_with_too_much_left_out_nothing_is_released(director, initiative, written, out):
    round = closed(initiative, numbered(written))
    redact(round, *((text, text, "harms") for text in numbered(out)), by=director.user)
    assert "fewer than 5 texts" in page(director, round)
    with pytest.raises(RoundRefused, match="fewer than 5 texts"):
        release(round, by=director.user)
    assert ReleasedTexts.objects.count() == 0


def test_what_remains_is_of_two_organisations_as_well(director, initiative):
    round = closed(initiative, numbered(6), per_organisation=5)
    redact(round, (numbered(6)[5], numbered(6)[5], "harms"), by=director.user)
    with pytest.raises(RoundRefused, match="texts of one organisation alone"):
        release(round, by=director.user)


def test_what_remains_of_a_language_is_enough_or_nothing(director, initiative):
    round = closed(initiative, numbered(12))
    spanish = list(Response.objects.order_by("pk")[:5])
    Response.objects.filter(pk__in=[row.pk for row in spanish]).update(language="es")
    own = [row.answers["comment"] for row in spanish]
    redact(round, (own[0], own[0], "harms"), by=director.user)
    assert review(round).refusal != ""
    redact(round, *((text, text, "harms") for text in own), by=director.user)
    assert len(release(round, by=director.user).texts) == 7


def test_the_public_is_never_given_a_text(initiative):
    round = closed(initiative, numbered(6))
    with pytest.raises(ValueError, match="inside"):
        publish_texts(publication=round.public_publication, code="comment", texts=numbered(6), redacted=0, left_out={})


def test_history_counts_and_holds_no_word(staff, director, initiative):
    round = closed(initiative, numbered(7))
    first, second, *_rest = numbered(7)
    redact(round, (first, first.replace("Maria", MARK), ""), (second, second, "names"), by=staff.user)
    release(round, by=director.user)
    found = HistoryEntry.objects.filter(verb__startswith="round.texts_").order_by("pk")
    assert list(found.values_list("verb", "before", "after")) == [
        ("round.texts_redacted", {"redacted": 0, "left_out": 0}, {"redacted": 1, "left_out": 1, "question": "comment"}),
        ("round.texts_released", {}, {"question": "comment", "released": 6, "redacted": 1, "left_out": 1}),
    ]
    assert [word for word in ("Maria", "Words of person") if word in str(list(HistoryEntry.objects.values()))] == []


# --- taking out after all ---------------------------------------------------------------------------------------------


def key(round, text, code="comment"):
    return next(key for key, shown, _times in texts.shown_texts(round, open_text(round, code)) if shown == text)


def test_a_director_takes_a_released_text_out_and_nothing_of_it_is_left(director, initiative):
    round = closed(initiative, numbered(7))
    row = release(round, by=director.user)
    wrong = row.texts[2]
    answer = director.post(
        address(round, "comment/take-out/"), {"key": key(round, wrong), "reason": "writer"}, follow=True
    )
    assert ("Taken out: 1." in answer.content.decode(), escape(wrong) in answer.content.decode()) == (True, False)
    after = ReleasedTexts.objects.get()
    assert (after.texts, after.left_out) == ([text for text in row.texts if text != wrong], {"writer": 1})
    entry = HistoryEntry.objects.get(verb="round.text_taken_out")
    assert (entry.before, entry.after) == ({"released": 7}, {"released": 6, "question": "comment"})


def test_with_too_few_left_all_go_and_are_not_released_again(director, initiative):
    round = closed(initiative, numbered(5))
    release(round, by=director.user)
    digest = {"key": key(round, numbered(1)[0]), "reason": "names"}
    director.post(address(round, "comment/take-out/"), digest)
    assert (ReleasedTexts.objects.get().texts, ReleasedTexts.objects.get().left_out) == ([], {"names": 5})
    assert "No text of this question is shown to readers." in page(director, round, "comment/shown/")
    with pytest.raises(RoundRefused, match="released before"):
        release(round, digest="x")


@pytest.mark.parametrize("sent", [{"key": "x" * 32, "reason": "names"}, {"reason": "names"}, {"reason": "other"}])
def test_what_is_not_there_or_has_no_reason_is_not_taken_out(director, initiative, sent):
    round = closed(initiative, numbered(6))
    release(round, by=director.user)
    before = every_row()
    asked = {"key": key(round, numbered(1)[0])} | sent if sent["reason"] == "other" else sent
    assert director.post(address(round, "comment/take-out/"), asked).status_code == 302
    assert every_row() == before


def test_staff_see_what_is_shown_and_take_nothing_out(staff, committee_member, initiative):
    round = closed(initiative, numbered(6))
    release(round)
    asked = {"key": key(round, numbered(1)[0]), "reason": "names"}
    assert "Take out for good" not in page(staff, round, "comment/shown/")
    assert staff.post(address(round, "comment/take-out/"), asked).status_code == 403
    assert committee_member.get(address(round, "comment/shown/")).status_code == 403
    assert f'href="{address(round, "comment/shown/")}"' in page(staff, round, "")
    assert len(ReleasedTexts.objects.get().texts) == 6


def test_a_text_taken_out_stays_out_of_the_page_at_the_link(client, director, initiative):
    round = closed(initiative, numbered(6))
    release(round)
    link = f"/s/{survey_token(round.invitations.first().pk, 1)}/results/"
    text = numbered(1)[0]
    assert text in client.get(link).content.decode()
    actions.take_out(
        round=round, asked=open_text(round, "comment"), key=key(round, text), reason="names", by=director.user
    )
    assert text not in client.get(link).content.decode()


# --- withdrawing, and the end of keeping -----------------------------------------------------------------------------


def test_who_withdraws_before_the_release_takes_the_text_and_its_redaction_along(director, initiative):
    round = closed(initiative, numbered(7))
    first = numbered(1)[0]
    redact(round, (first, first.replace("Maria", MARK), ""), by=director.user)
    withdrawing.withdraw(invitation=Response.objects.get(answers__comment=first).invitation)
    assert first not in [entry.original for entry in review(round).entries]
    assert TextReview.objects.get().edits == {}
    assert "Words of person 0" not in str(every_row())


def test_the_redaction_stays_where_somebody_else_wrote_the_same(director, initiative):
    round = closed(initiative, ["Ask Maria."] * 2 + numbered(5))
    redact(round, ("Ask Maria.", f"Ask {MARK}.", ""), by=director.user)
    withdrawing.withdraw(invitation=Response.objects.filter(answers__comment="Ask Maria.").first().invitation)
    assert [e.text for e in review(round).entries if e.original == "Ask Maria."] == [f"Ask {MARK}."]


def test_a_withdrawal_below_the_threshold_closes_the_page(staff, initiative):
    round = closed(initiative, numbered(5))
    digest = review(round).digest
    withdrawing.withdraw(invitation=Response.objects.filter(answers__has_key="comment").first().invitation)
    assert review(round) is None
    assert staff.get(address(round, "comment/")).url == address(round)
    with pytest.raises(RoundRefused, match="too few"):
        release(round, digest=digest)


def test_what_is_released_stays_when_somebody_withdraws(director, initiative):
    round = closed(initiative, numbered(6))
    release(round, by=director.user)
    withdrawing.withdraw(invitation=Response.objects.filter(answers__has_key="comment").first().invitation)
    assert sorted(ReleasedTexts.objects.get().texts) == numbered(6)


def test_when_the_answers_are_deleted_no_original_and_no_redaction_is_left(director, initiative):
    said = [{"comment": text, "recall": f"Recalled {n}"} for n, text in enumerate(numbered(8))]
    round = closed(initiative, said)
    first, second, *rest = numbered(8)
    redact(round, (first, first.replace("Maria", MARK), ""), (second, second, "names"), by=director.user)
    redact(round, ("Recalled 1", f"{MARK} 1", ""), by=director.user, code="recall")
    release(round, by=director.user)
    Round.objects.update(closed_at=timezone.now() - datetime.timedelta(days=800))
    assert withdrawing.delete_old_answers(round_id=round.pk)
    assert (TextReview.objects.count(), sorted(ReleasedTexts.objects.get().texts)) == (
        0,
        sorted([first.replace("Maria", MARK), *rest]),
    )
    dump = str(every_row())
    assert [word for word in (first, second, "Recalled", f"{MARK} 1") if word in dump] == []
    assert "Texts that were released stay" in page(director, Round.objects.get(), "")


def test_past_the_time_nobody_reads_though_the_sweep_has_not_come(director, initiative):
    round = closed(initiative, numbered(6))
    digest = review(round).digest
    Round.objects.update(closed_at=timezone.now() - datetime.timedelta(days=800))
    round.refresh_from_db()
    assert "Words of person" not in page(director, round, "") + page(director, round)
    with pytest.raises(RoundRefused, match="time for which answers are kept is over"):
        release(round, digest=digest)


def test_the_page_names_the_day_on_which_the_texts_go(staff, initiative):
    round = closed(initiative, numbered(6), retention_months=6)
    day = texts.deadline(round)
    assert 175 <= (day - initiative.today()).days <= 185
    assert f"{day.day}" in page(staff, round, "")
    assert "What is not released by then is gone." in page(staff, round, "")


def test_keys_of_texts_that_are_there(initiative):
    round = closed(initiative, numbered(3))
    assert len(kept_keys(round, "comment")) == 3


def test_the_round_leads_staff_to_its_texts_once_it_is_closed(staff, initiative):
    round = answered(initiative, numbered(6))
    link = f'href="{address(round)}"'
    assert link not in staff.get(round.get_absolute_url()).content.decode()
    close_round(round_id=round.pk)
    assert link in staff.get(round.get_absolute_url()).content.decode()
    assert link not in staff.get(RoundFactory(initiative=initiative).get_absolute_url()).content.decode()
