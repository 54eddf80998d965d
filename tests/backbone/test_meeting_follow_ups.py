"""What is written down on the page of a meeting: what is to be done, and what was promised."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backbone.models import ActionItem
from initiatives.permissions import Role
from partners.models import Commitment, Seat
from tests.backbone.follow_ups import ActionItemFactory, CommitmentFactory, FollowUpMeetingFactory
from tests.factories import ContactFactory, GroupFactory, SeatFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(initiative):
    return FollowUpMeetingFactory(
        initiative=initiative, group=GroupFactory(initiative=initiative), starts_at=timezone.now()
    )


def address(name, meeting):
    return reverse(f"backbone:{name}", args=[meeting.initiative.slug, meeting.pk])


def seated(client, group, role):
    contact = ContactFactory(initiative=group.initiative, email=client.user.email)
    SeatFactory(group=group, holder=contact, role=role)
    return contact


def test_page_of_the_meeting_shows_what_came_of_it(staff, meeting, initiative):
    ActionItemFactory(initiative=initiative, meeting=meeting, title="Book the hall")
    ActionItemFactory(initiative=initiative, title="From elsewhere")
    meeting.commitments.add(CommitmentFactory(initiative=initiative, title="Forty hours"))
    CommitmentFactory(initiative=initiative, title="Another promise")
    page = staff.get(meeting.get_absolute_url()).content.decode()
    shown = ("Book the hall", "Forty hours", "From elsewhere", "Another promise")
    assert [words in page for words in shown] == [True, True, False, False]


def test_one_line_on_the_page_is_enough(staff, meeting):
    answer = staff.post(address("meeting-action-item-add", meeting), {"title": "Book the hall"})
    assert answer.url == meeting.get_absolute_url() + "#follow-ups"
    assert list(ActionItem.objects.values_list("title", "meeting")) == [("Book the hall", meeting.pk)]


def test_line_that_lacks_something_becomes_the_whole_form_with_all_that_was_typed(staff, meeting):
    answer = staff.post(address("meeting-action-item-add", meeting), {"title": "", "due_on": "2026-12-01"})
    page = answer.content.decode()
    assert (answer.status_code, ActionItem.objects.count()) == (200, 0)
    assert 'value="2026-12-01"' in page
    assert f'<option value="{meeting.pk}" selected>' in page
    assert f'action="/i/{meeting.initiative.slug}/action-items/new/"' in page


def test_co_chair_writes_down_on_meetings_they_lead_and_on_no_other(client_as, meeting, initiative):
    chair, member = client_as(Role.CO_CHAIR), client_as(Role.MEMBER)
    seated(chair, meeting.group, Seat.Role.CO_CHAIR), seated(member, meeting.group, Seat.Role.MEMBER)
    other = FollowUpMeetingFactory(initiative=initiative, group=GroupFactory(initiative=initiative))
    typed = {"title": "Call"}
    assert chair.post(address("meeting-action-item-add", meeting), typed).status_code == 302
    assert chair.post(address("meeting-action-item-add", other), typed).status_code == 404
    assert member.post(address("meeting-action-item-add", meeting), typed).status_code == 403
    assert chair.get(address("meeting-commitment-add", meeting)).status_code == 403
    assert ActionItem.objects.count() == 1


def test_members_see_what_is_to_be_done_and_not_what_was_promised(client_as, meeting, initiative):
    member = client_as(Role.MEMBER)
    seated(member, meeting.group, Seat.Role.MEMBER)
    ActionItemFactory(initiative=initiative, meeting=meeting, title="Book the hall")
    promise = CommitmentFactory(initiative=initiative, title="Forty hours")
    meeting.commitments.add(promise)
    page = member.get(meeting.get_absolute_url()).content.decode()
    assert ["Book the hall" in page, "Forty hours" in page] == [True, False]


def test_promise_is_linked_from_its_meeting_and_leads_back(staff, meeting, initiative):
    contact = ContactFactory(initiative=initiative)
    typed = {"organisation": contact.organisation.pk, "title": "Forty hours", "kind": "time", "made_on": "2026-10-01"}
    staff.post(address("meeting-commitment-add", meeting), typed)
    promise = Commitment.objects.get()
    assert list(meeting.commitments.all()) == [promise]
    window = reverse("backbone:commitment-meetings", args=[initiative.slug, promise.pk])
    assert meeting.title in staff.get(window, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-get="{window}"' in staff.get(promise.get_absolute_url()).content.decode()


def test_refused_promise_is_shown_again_and_writes_nothing(staff, meeting):
    answer = staff.post(address("meeting-commitment-add", meeting), {"title": "Forty hours", "kind": "time"})
    assert (answer.status_code, Commitment.objects.count()) == (200, 0)
    assert "Forty hours" in answer.content.decode()


def test_foreign_meeting_does_not_exist_here(staff, initiative, other_initiative):
    foreign = FollowUpMeetingFactory(initiative=other_initiative)
    for name in ("meeting-action-item-add", "meeting-commitment-add"):
        here = reverse(f"backbone:{name}", args=[initiative.slug, foreign.pk])
        assert staff.post(here, {"title": "x"}).status_code == 404
