import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.models import User
from initiatives.actions import memberships
from initiatives.models import HistoryEntry, Membership
from initiatives.permissions import Role
from tests.conftest import client_of
from tests.factories import MembershipFactory, UserFactory

LIST = "/i/bright-futures/settings/members/"
NEW = LIST + "new/"
BOB = {"name": "Bob", "email": "Bob@example.org", "role": "staff"}


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks(execute=True)


def test_invited_person_is_a_member_and_gets_a_mail(director, initiative, on_commit):
    with on_commit:
        director.post(NEW, BOB)
    member = Membership.objects.get(user__email="bob@example.org")
    assert (member.user.name, member.role, member.initiative) == ("Bob", "staff", initiative)
    message = mail.outbox[0]
    assert (message.to, message.subject) == (["bob@example.org"], "You are a member of Bright Futures")
    assert "http://localhost:8000/accounts/login/" in message.body
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.by, entry.after) == (
        "member_invited",
        director.user,
        {"email": "bob@example.org", "role": "staff"},
    )


def test_mail_of_an_invitation_ignores_a_forged_host(director, settings, on_commit):
    settings.ALLOWED_HOSTS = ["*"]
    with on_commit:
        director.post(NEW, BOB, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil" not in str(mail.outbox[0].message())


def test_names_cannot_add_mail_headers(director, initiative, on_commit):
    initiative.name = "Bright\r\nBcc: eve@example.org"
    initiative.save()
    with on_commit:
        director.post(NEW, BOB)
    message = mail.outbox[0]
    assert (message.subject, message.recipients()) == (
        "You are a member of Bright Bcc: eve@example.org",
        ["bob@example.org"],
    )


def test_known_person_keeps_name_and_account(director, on_commit):
    known = UserFactory(email="bob@example.org", name="Robert")
    with on_commit:
        director.post(NEW, BOB)
    known.refresh_from_db()
    assert (known.name, User.objects.filter(email="bob@example.org").count()) == ("Robert", 1)


def test_member_again_is_answered_with_a_sentence(director, initiative):
    MembershipFactory(initiative=initiative, user__email="bob@example.org", user__name="Bob", role=Role.FUNDER)
    page = director.post(NEW, BOB).content.decode()
    assert "Bob is a member already, as “Funder”." in page
    assert 'value="Bob@example.org"' in page
    assert (HistoryEntry.objects.count(), mail.outbox) == (0, [])


@pytest.mark.parametrize("bad", [{"email": "bob"}, {"role": "emperor"}, {"name": ""}])
def test_bad_invitation_is_shown_and_writes_nothing(director, bad):
    page = director.post(NEW, BOB | bad)
    assert page.status_code == 200
    assert "invalid-feedback" in page.content.decode()
    assert (Membership.objects.count(), User.objects.count()) == (1, 1)


def test_one_address_is_not_flooded(director, initiative, django_capture_on_commit_callbacks):
    for _ in range(10):
        with django_capture_on_commit_callbacks(execute=True):
            director.post(NEW, BOB)
        Membership.objects.filter(user__email="bob@example.org").delete()
    assert len(mail.outbox) == memberships.MAILS_TO_ONE_ADDRESS_A_DAY


def test_removed_before_the_mail_gets_none(initiative, on_commit):
    with on_commit:
        member = memberships.invite(initiative=initiative, email="b@x.org", name="B", role="staff", by=UserFactory())
        member.delete()
    assert mail.outbox == []


def test_staff_see_members_and_change_none(staff, initiative):
    member = MembershipFactory(initiative=initiative, role=Role.FUNDER)
    assert staff.get(LIST).status_code == 200
    answers = {staff.post(path, BOB).status_code for path in (NEW, f"{LIST}{member.pk}/", f"{LIST}{member.pk}/remove/")}
    assert answers == {403}
    assert set(Membership.objects.values_list("role", flat=True)) == {"staff", "funder"}


def test_list_shows_only_own_members(director, initiative, other_initiative):
    elsewhere = MembershipFactory(initiative=other_initiative)
    page = director.get(LIST + "?q=person&search=" + elsewhere.user.email).content.decode()
    assert director.user.email in page
    assert elsewhere.user.name not in page.replace(director.user.name, "")


def test_members_of_another_initiative_are_not_found_here(director, initiative, other_initiative):
    foreign = MembershipFactory(initiative=other_initiative, role=Role.STAFF)
    for path in (f"{LIST}{foreign.pk}/", f"{LIST}{foreign.pk}/remove/"):
        assert director.post(path, {"role": "observer"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.role == Role.STAFF


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_equally_often(director, initiative, django_assert_num_queries, count):
    MembershipFactory.create_batch(count, initiative=initiative)
    with django_assert_num_queries(4):
        director.get(LIST)


def test_role_is_changed_with_history(director, initiative):
    member = MembershipFactory(initiative=initiative, role=Role.STAFF)
    director.post(f"{LIST}{member.pk}/", {"role": "observer"})
    member.refresh_from_db()
    assert member.role == "observer"
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == ("member_role_changed", {"role": "staff"}, {"role": "observer"})


def test_same_role_again_leaves_no_history(director, initiative):
    member = MembershipFactory(initiative=initiative, role=Role.STAFF)
    director.post(f"{LIST}{member.pk}/", {"role": "staff"})
    assert HistoryEntry.objects.count() == 0


def test_last_director_stays(director, initiative):
    own = Membership.objects.get()
    demoted = director.post(f"{LIST}{own.pk}/", {"role": "staff"}).content.decode()
    removed = director.post(f"{LIST}{own.pk}/remove/", follow=True).content.decode()
    assert "Make somebody else director first" in demoted
    assert "Nobody else is director." in removed
    assert (Membership.objects.get().role, HistoryEntry.objects.count()) == ("director", 0)


def test_director_who_cannot_sign_in_does_not_count(director, initiative):
    MembershipFactory(initiative=initiative, role=Role.DIRECTOR, user__is_active=False)
    own = Membership.objects.get(user=director.user)
    with pytest.raises(ValidationError):
        memberships.remove(membership=own, by=director.user)


def test_removed_member_is_out_at_the_next_request(director, initiative):
    member = MembershipFactory(initiative=initiative, role=Role.STAFF)
    theirs = client_of(member.user)
    assert theirs.get(LIST).status_code == 200
    director.post(f"{LIST}{member.pk}/remove/")
    assert theirs.get(LIST).status_code == 404
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.before) == ("member_removed", {"email": member.user.email, "role": "staff"})


def test_lesser_role_counts_at_the_next_request(director, initiative):
    member = MembershipFactory(initiative=initiative, role=Role.STAFF)
    theirs = client_of(member.user)
    director.post(f"{LIST}{member.pk}/", {"role": "observer"})
    assert theirs.get(LIST).status_code == 403


def test_removing_needs_a_post(director, initiative):
    member = MembershipFactory(initiative=initiative)
    assert director.get(f"{LIST}{member.pk}/remove/").status_code == 405
    assert Membership.objects.count() == 2


def test_hostile_names_are_shown_as_text(director, initiative):
    member = MembershipFactory(initiative=initiative, user__name="<img src=x onerror=alert(1)>")
    for page in (LIST, f"{LIST}{member.pk}/"):
        assert "<img src=x" not in director.get(page).content.decode()
