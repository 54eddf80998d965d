"""The attacker reads what each role is served: pages, files and mails of three rounds, and the public publication."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from indicators.disclosure import Rule, Rules
from indicators.models import Result
from initiatives.permissions import Role
from surveys.actions import telling
from surveys.models import Mailing
from surveys.queries import results
from surveys.queries.messages import RoundMessages
from tests.surveys.closing_rounds import says

from .attacker import attack
from .serving import ASKED, TITLES, Served
from .test_published_attacker import random_answers, random_people

some = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
SAID = ("n", "count", "at_most", "at_least", "word")


def regrouped(chance, people):
    """The same people; now and then somebody has joined or left a group since the last round."""
    return [(o, s, g if chance.random() < 0.9 else tuple({"G1", "G2"} - set(g))) for o, s, g in people]


def three_rounds(seed, threshold, roles=tuple(Role)):
    chance = random.Random(seed)
    people = random_people(chance)
    world = Served(people, threshold, roles)
    for _ in TITLES:
        world.close(random_answers(chance, people), people)
        people = regrouped(chance, people)
    return world


def check(world, threshold):
    """No reader singles anybody out; whoever reads no more than an observer need not be tried."""
    assert world.attack(Role.OBSERVER, threshold) == []
    known = set(world.read[Role.OBSERVER])
    for reader, read in world.read.items():
        assert set(read) <= known or world.attack(reader, threshold) == []
    assert world.told() == []


@pytest.mark.slow
class ThreeRounds(TestCase):
    """Each example runs in its own transaction, which is rolled back."""

    @some
    @given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5, 7]))
    def test_no_role_singles_out_anybody_from_three_rounds(self, seed, threshold):
        other = random.Random(seed).choice([role for role in Role if role != Role.OBSERVER])
        check(three_rounds(seed, threshold, (Role.OBSERVER, other)), threshold)

    @some
    @given(st.integers(0, 2**32 - 1))
    def test_reader_of_the_public_publications_singles_out_nobody_below_ten(self, seed):
        chance = random.Random(seed)
        people = random_people(chance)
        world = Served(people, roles=())
        for _ in TITLES:
            world.close(random_answers(chance, people), people)
        assert attack(world.public, 10, world.organisations()) == []


@pytest.mark.django_db
def test_all_roles_together_single_out_nobody():
    check(three_rounds(11, 5), 5)


def letters():
    """A round of which each kind of mail leaves, read by those who get them; one person does not answer."""
    world = Served(sized(("A", 8)), roles=(Role.OBSERVER,))
    world.close([*saying(4, 3), None], sized(("A", 8)))
    world.conclude(0)
    return world


@pytest.mark.django_db
def test_mails_of_a_round_say_nothing_of_answers():
    world = letters()
    assert {letter.kind for letter in world.letters[0]} == set(Mailing.Kind.values)
    assert world.told() == []


@pytest.mark.django_db
def test_reader_hears_a_figure_in_any_mail(monkeypatch):
    shared = RoundMessages._fields
    monkeypatch.setattr(RoundMessages, "_fields", lambda *args: shared(*args) | {"sender": "Kim (4 of 7 agree)"})
    assert letters().told() == ["4 of 7"] * (8 + 8 + 1 + 7 + 8)


@pytest.mark.django_db
def test_reader_hears_an_answer_in_a_mail(monkeypatch):
    own = RoundMessages.recipient

    def with_answer(self, person, **links):
        recipient = own(self, person, **links)
        recipient.fields["first_name"] += f" ({person.response.answers['sa1_a']})" if person.state == "finished" else ""
        return recipient

    monkeypatch.setattr(RoundMessages, "recipient", with_answer)
    assert {letter.kind for letter in letters().told()} == {"thanks", "results"}


@pytest.mark.django_db
def test_reader_hears_a_figure_in_the_mail_to_members(monkeypatch):
    fields = telling._fields
    monkeypatch.setattr(telling, "_fields", lambda *args: fields(*args) | {"initiative": "Bright: 57 % agree"})
    assert letters().told() == ["57 %"] * 3  # once in the subject, twice in the text


@pytest.mark.django_db
def test_reader_reads_every_figure_that_was_written():
    """What is parsed is all there is: no figure of the last round is overlooked, none is made up."""
    chance = random.Random(3)
    people = [*sized(("A", 14), ("B", 11), ("C", 7), ("D", 4)), ("", "", ("G1",))]
    people = [(o or "Last", s, ("G1",) if n % 2 else g) for n, (o, s, g) in enumerate(people)]
    world = Served(people, roles=(Role.FUNDER,))
    for _ in range(2):
        world.close(random_answers(chance, people), people)
    written = Result.objects.filter(publication__reader_level="inside", publication__title="Second", n__gt=0)
    expected = {(r.code, r.breakdown, r.cell, str([r.n, *map(r.shown.get, SAID[1:])])) for r in written}
    read = [s for s in world.read[Role.FUNDER].values() if s["figure"][0] == "1" and s["breakdown"] != "matched"]
    assert {(s["series"], s["breakdown"], s["cell"], str([*map(s.get, SAID)])) for s in read} == expected
    paired = {r.code for r in written if "paired" in r.shown}
    assert {s["series"] for s in world.read[Role.FUNDER].values() if "less" in s} == paired != set()
    asked = {s["series"] for s in world.read[ASKED].values() if s["figure"][0] == "1" and not s["breakdown"]}
    assert asked == {code for code, breakdown, *_ in expected if not breakdown}


# --- each rule switched off alone: one case that the reader wins by it and only by it ------------------------------

YES, NO = (4, 2, 4, 4), (2, 4, 2, 2)


def sized(*sectors):
    """People in sectors of so many, each of an organisation of their own."""
    return [(f"{name} {n}", name, ()) for name, size in sectors for n in range(size)]


def saying(*runs):
    """So many who agree with everything, so many who do not, and so on in turn."""
    return [says(*(NO if place % 2 else YES)) for place, size in enumerate(runs) for _ in range(size)]


def four_people():
    return sized(("A", 4)), saying(2, 2)


def sector_of_one_organisation():
    """ "Some of 4" can only be two of them: the total less these and the large sector is what one organisation said."""
    people = sized(("A", 14), ("B", 4)) + [("Large", "C", ())] * 8
    return people, saying(7, 7, 2, 2, 4, 4)


def groups_that_share_two_people():
    """Two groups of twelve make up all twenty-two, so that their counts less the total are the two in both."""
    people = [(f"O{n}", "", ("G1",) * (n < 12) + ("G2",) * (n > 9)) for n in range(22)]
    return people, [says(*(YES if n % 2 else NO)) for n in range(22)]


def hidden_sectors_that_all_agree():
    """10 of 13, and of the six in B some: at least seven of the other seven agreed."""
    return sized(("A", 3), ("B", 6), ("C", 4)), saying(3 + 3, 3, 4)


def everybody_agrees():
    return sized(("A", 20)), saying(20)


def sector_in_which_all_agree():
    """Its count is said as it is; the two others are hidden together."""
    return sized(("A", 10), ("B", 7), ("C", 3)), saying(10 + 4, 3, 2, 1)


def one_skipped_a_statement():
    """The mean of the indicator leaves the skipper's answer to the other statement one value only: 1."""
    first, second = [4] * 5 + [3] * 5, [2] * 4 + [3] * 6
    rest = [(4, 4) if n % 2 else (2, 2) for n in range(11)]
    answers = [says(a, b, *others) for a, b, others in zip([*first, 1], [*second, None], rest, strict=True)]
    return sized(("A", 11)), answers


WINS = {
    Rule.THRESHOLD: four_people,
    Rule.COMPLEMENT: sector_of_one_organisation,
    Rule.AUDIT: groups_that_share_two_people,
    Rule.BOUNDS: hidden_sectors_that_all_agree,
    Rule.CODING: everybody_agrees,
    Rule.CELLS: sector_in_which_all_agree,
    Rule.RELATIVES: one_skipped_a_statement,
}


def reads_one_round(people, answers, threshold):
    world = Served(people, threshold, roles=(Role.OBSERVER,))
    world.close(answers, people)
    return world.attack(Role.OBSERVER, threshold)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.value)
def test_reader_wins_from_what_is_served_when_one_rule_is_off(rule, monkeypatch):
    people, answers = WINS[rule]()
    threshold = 3 if rule is Rule.COMPLEMENT else 5
    assert reads_one_round(people, answers, threshold) == []
    monkeypatch.setattr(results, "Rules", lambda threshold: Rules(threshold).without(rule))
    assert reads_one_round(people, answers, threshold) != []
