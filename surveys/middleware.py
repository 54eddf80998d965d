"""The door for whoever holds a survey link: it stands before all that is for people who sign in."""

from django.urls import Resolver404, resolve
from django.utils import translation

from surveys import public_urls
from surveys.queries.answering import language_of_browser


class SurveyLinkMiddleware:
    """Calls the views marked `is_survey_link` at once: they know no session, no person and no messages, check their form
    token themselves and choose their language. Everything else, also below /s/, goes the long way.

    What a page of a survey would pass on the long way takes longer than the page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith("/s/"):
            return self.get_response(request)
        try:
            match = resolve(request.path_info, public_urls.__name__)
        except Resolver404:
            return self.get_response(request)
        if not getattr(match.func, "is_survey_link", False):
            return self.get_response(request)
        request.resolver_match = match
        # For what is refused before the language of the link is known. The thread still has that of its last request.
        with translation.override(language_of_browser(request)):
            return match.func(request, *match.args, **match.kwargs)
