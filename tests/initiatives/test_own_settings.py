"""What each member sets for themselves, and nobody for them."""

import pytest

from initiatives.models import HistoryEntry, Membership
from initiatives.permissions import Role

pytestmark = pytest.mark.django_db
HERE = "/i/bright-futures/settings/own/"
TYPED = {"language": "fr", "time_zone": "America/Lima", "wants_reminders": "", "wants_digest": "on"}


def test_page_opens_for_every_role_and_not_for_strangers(client_as, stranger, initiative):
    assert [client_as(role).get(HERE).status_code for role in Role] == [200] * len(Role)
    assert stranger.get(HERE).status_code == 404


def test_what_is_typed_is_stored_for_oneself_alone(staff, director, initiative):
    page = staff.post(HERE, TYPED, follow=True).content.decode()
    assert "Your settings were saved." in page
    for client, kept in ((staff, ("fr", "America/Lima", False, True)), (director, ("", "", True, True))):
        client.user.refresh_from_db()
        member = Membership.objects.get(user=client.user)
        assert (client.user.language, client.user.time_zone, member.wants_reminders, member.wants_digest) == kept
    assert HistoryEntry.objects.count() == 0


def test_reader_is_asked_for_language_and_zone_only(committee_member, initiative):
    assert list(committee_member.get(HERE).context["form"].fields) == ["language", "time_zone"]
    committee_member.post(HERE, TYPED)
    assert Membership.objects.get(user=committee_member.user).wants_reminders is True


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Base"}, {"language": "xx"}])
def test_what_does_not_exist_is_refused_and_nothing_is_written(staff, initiative, wrong):
    answer = staff.post(HERE, TYPED | wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, list(wrong))
    staff.user.refresh_from_db()
    assert (staff.user.language, staff.user.time_zone) == ("", "")
