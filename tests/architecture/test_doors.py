from django.contrib import admin

from tests.architecture.doors import models_above_the_door, routes, way_to_initiative, without_permission

# Addresses that answer people who are not signed in, each with its reason.
SIGNED_OUT = {
    "account_login": "signing in: asking for a code",
    "account_request_login_code": "the same page under the name allauth looks up",
    "account_confirm_login_code": "signing in: typing the code",
    "account_inactive": "says why somebody cannot sign in",
    "account_logout": "signing out twice is no error",
    "accounts:setup": "the first director has no account yet; the one-time token is the key",
    "accounts:sign-in-link": "for when mail is down; the one-time token is the key",
    "start:demo-sign-in": "the demo, on this machine only",
    "answering:welcome": "partners answer without an account; the token is the key",
    "answering:section": "partners answer without an account; the token is the key",
    "answering:left": "a partner says so through the survey link",
    "answering:someone-else": "a partner says so through the survey link",
    "answering:withdraw": "who answered may take it back; the token is the key",
    "answering:results": "everyone who was asked reads the results of a closed round; the token is the key",
    "answering:preview": "the link in a test mail: shows questions, stores nothing",
    "answering:preview-section": "the link in a test mail: shows questions, stores nothing",
    "answering:unsubscribe": "who was mailed may opt out; the token is the key, and it opens nothing else",
    "own:page": "a partner sees what they agreed to do, without an account; the token is the key",
    "own:action-item-done": "a partner says through their own link that it is done",
    "own:commitment-confirm": "a partner confirms through their own link what they promised",
    "own:commitment-dispute": "a partner says through their own link that they promised something else",
    "own:reminders": "a partner stops mails, or has them again, through their own link",
    "own:story": "a partner reads, without an account, the story they are asked to sign off; the token is the key",
    "own:story-agree": "a partner agrees to the words of a story through the link mailed to them",
    "own:story-change": "a partner asks through that link for other words",
    "own:story-take-back": "a partner takes their agreement back through that link",
    "own:stop": "who is reminded may stop the mails; the token is the key, and it opens nothing else",
    "health": "containers and the supervisor ask whether we are well",
    "start:component-list": "what pages are made of; only with DEBUG and from this very machine",
    "outbox:mail-list": "a trial's mails; only with DEBUG and from this very machine",
    "outbox:mail-detail": "a trial's mails; only with DEBUG and from this very machine",
}


def test_every_view_of_an_initiative_carries_a_permission():
    assert without_permission(routes()) == []


def test_signed_out_addresses_are_exactly_the_listed_ones():
    found = {route.name for route in routes() if route.is_signed_out}
    assert found == set(SIGNED_OUT)


def test_every_model_leads_to_its_initiative():
    assert [problem for model in models_above_the_door() if (problem := way_to_initiative(model))] == []


def test_answers_are_not_in_the_admin():
    registered = {model._meta.label for model in admin.site._registry}
    assert registered & {"surveys.Response", "surveys.Invitation", "surveys.Mailing"} == set()
