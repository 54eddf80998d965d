import pytest

from initiatives.actions import agendas
from initiatives.models import CommonAgenda, Goal, HistoryEntry
from tests.factories import UserFactory

READ, EDIT = "/i/bright-futures/settings/agenda/", "/i/bright-futures/settings/agenda/edit/"
TEXTS = {"problem": "Few read well.", "population": "Children", "vision": "All read.", "principles": "Together"}


def typed(version=0, goals=(), **texts):
    """What the browser sends."""
    data = TEXTS | texts | {"version": version, "goals-TOTAL_FORMS": len(goals), "goals-INITIAL_FORMS": 0}
    for position, (title, description) in enumerate(goals):
        data |= {f"goals-{position}-title": title, f"goals-{position}-description": description}
    return data


def write(initiative, version, goals=(), **texts):
    return agendas.write(
        initiative=initiative, version=version, texts=TEXTS | texts, goals=list(goals), by=UserFactory(name="Ana")
    )


def test_first_saving_makes_version_one(director, initiative):
    response = director.post(EDIT, typed(goals=[("Reading at nine", "by 2030"), ("", "")]), follow=True)
    assert response.redirect_chain == [(READ, 302)]
    agenda = CommonAgenda.objects.get()
    assert (agenda.number, agenda.problem) == (1, "Few read well.")
    assert list(Goal.objects.values_list("title", "description")) == [("Reading at nine", "by 2030")]
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by) == ("agenda_changed", director.user)
    assert entry.before == {"problem": "", "population": "", "vision": "", "principles": "", "goals": []}
    assert entry.after == TEXTS | {"goals": [["Reading at nine", "by 2030"]]}


def test_each_change_is_a_new_version_and_the_old_stays(initiative):
    write(initiative, 0)
    write(initiative, 1, vision="All read with joy.")
    assert list(CommonAgenda.objects.values_list("number", "vision")) == [(2, "All read with joy."), (1, "All read.")]
    assert HistoryEntry.objects.first().before == {"vision": "All read."}
    assert HistoryEntry.objects.first().after == {"vision": "All read with joy."}


def test_saving_without_a_change_makes_no_version(initiative):
    write(initiative, 0, goals=[("One", "")])
    write(initiative, 1, goals=[("One", "")])
    assert (CommonAgenda.objects.count(), HistoryEntry.objects.count()) == (1, 1)


def test_goals_keep_their_rows_by_title(initiative):
    write(initiative, 0, goals=[("One", ""), ("Two", ""), ("Three", "")])
    two = Goal.objects.get(title="Two").pk
    write(initiative, 1, goals=[("Two", "more"), ("Four", "")])
    assert [goal.title for goal in initiative.goals.all()] == ["Two", "Four"]
    assert initiative.goals.first().pk == two


def test_two_who_save_at_once_lose_nothing(director, initiative):
    assert 'name="version" value="0"' in director.get(EDIT).content.decode()
    write(initiative, 0, vision="Theirs", goals=[("Their goal", "")])
    page = director.post(EDIT, typed(vision="Mine", goals=[("My goal", "")]))
    html = page.content.decode()
    assert page.status_code == 409
    assert [word in html for word in ("Mine", "My goal", "Theirs", "Their goal")] == [True] * 4
    assert CommonAgenda.objects.get().vision == "Theirs"


def test_saving_after_the_conflict_makes_the_next_version(director, initiative):
    write(initiative, 0, vision="Theirs")
    page = director.post(EDIT, typed(vision="Mine")).content.decode()
    assert 'name="version" value="1"' in page
    director.post(EDIT, typed(version=1, vision="Mine"))
    assert list(CommonAgenda.objects.values_list("number", "vision")) == [(2, "Mine"), (1, "Theirs")]


def test_action_raises_the_conflict_with_the_other_version(initiative):
    write(initiative, 0)
    with pytest.raises(agendas.EditConflict) as caught:
        write(initiative, 0, vision="Mine")
    assert caught.value.agenda == CommonAgenda.objects.get()


@pytest.mark.parametrize(
    ("goals", "sentence"),
    [
        ([("", "a description")], "This goal has a description and no words of its own."),
        ([("Same", ""), ("Same", "")], "is there twice"),
        ([("g" * 301, "")], "at most 300 characters"),
    ],
)
def test_bad_goals_are_shown_with_what_was_typed(director, initiative, goals, sentence):
    page = director.post(EDIT, typed(goals=goals, vision="Typed vision")).content.decode()
    assert sentence in page
    assert "Typed vision" in page
    assert (CommonAgenda.objects.count(), Goal.objects.count(), HistoryEntry.objects.count()) == (0, 0, 0)


def test_readers_read_and_do_not_write(committee_member, initiative):
    write(initiative, 0, goals=[("Reading at nine", "")])
    page = committee_member.get(READ).content.decode()
    assert ("All read." in page, "Reading at nine" in page, EDIT in page) == (True, True, False)
    assert committee_member.post(EDIT, typed(version=1, vision="x")).status_code == 403
    assert CommonAgenda.objects.count() == 1


def test_markup_in_the_agenda_is_text(director, initiative):
    write(initiative, 0, vision="<script>alert(1)</script>", goals=[("<img src=x>", "<b>")])
    for page in (READ, EDIT):
        html = director.get(page).content.decode()
        assert ("<script>alert" in html, "<img src=x>" in html) == (False, False)
