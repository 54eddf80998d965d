"""Reads whose SQL is written once give what the ORM gives."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.sessions import SessionStore
from initiatives.models import Initiative, Membership
from initiatives.queries import membership_for
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def fields(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_person_by_key_is_the_person_with_every_field():
    person = UserFactory(name="Ada", language="es")
    UserFactory()
    assert fields(User.objects.get(pk=person.pk)) == fields(User.objects.filter(pk=person.pk).first())
    assert User.objects.get(pk=str(person.pk)) == User.objects.get(email=person.email) == person
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=person.pk + 1000)


def test_door_gives_the_membership_and_its_initiative_with_every_field(
    initiative, other_initiative, django_assert_num_queries
):
    mine, _other = MembershipFactory(initiative=initiative), MembershipFactory(initiative=other_initiative)
    expected = fields(Membership.objects.get(pk=mine.pk)), fields(Initiative.objects.get(pk=initiative.pk))
    with django_assert_num_queries(1):
        found = membership_for(user=mine.user, slug=initiative.slug)
        assert (fields(found), fields(found.initiative)) == expected
    assert membership_for(user=mine.user, slug=other_initiative.slug) is None


def test_session_is_read_as_it_was_written_and_an_expired_one_is_none():
    store = SessionStore()
    store["words"] = "kept"
    store.create()
    assert dict(SessionStore(store.session_key).items()) == {"words": "kept"}
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    expired = SessionStore(store.session_key)
    assert (dict(expired.items()), expired.session_key) == ({}, None)
    assert dict(SessionStore("n" * 32).items()) == {}
