"""Floor of any page: a Django view that does nothing, with no middleware, or with the one that checks POSTs."""

from contextlib import contextmanager

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie

CSRF = "django.middleware.csrf.CsrfViewMiddleware"


def empty(request):
    return HttpResponse(b"")


urlpatterns = [path("", empty), path("checked/", ensure_csrf_cookie(empty)), path("i/<slug:slug>/", empty)]


@contextmanager
def empty_behind_the_door():
    """The same below /i/<slug>/ behind the product's own middleware: session, person and membership are read."""
    with override_settings(ROOT_URLCONF=__name__):
        yield WSGIHandler()


@contextmanager
def empty_application(*middleware):
    """A WSGI application with these addresses and only this middleware; no other application answers meanwhile."""
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=list(middleware)):
        yield WSGIHandler()
