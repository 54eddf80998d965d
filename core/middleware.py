"""What no page of ours can be asked to take in, and what every page of ours says to browsers."""

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

# Far above the largest file we take, so that a file that is merely too large still gets its own sentence on its page.
LARGEST_BODY = 64 * 1024 * 1024


class BodySizeMiddleware:
    """Refuses a body by the length it announces, before a byte is read: Django lays uploads of any size into a temporary
    file, also for people who have not signed in. A body without a length is none to WSGI."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= LARGEST_BODY:
            return self.get_response(request)
        # This stands before the middleware that chooses a language.
        with translation.override(translation.get_language_from_request(request)):
            sentence = _("This is more than 64 MB. Send less at once.")
        return HttpResponse(f"{sentence}\n", status=413, content_type="text/plain; charset=utf-8")


class ContentPolicyMiddleware:
    """Every answer carries the one Content-Security-Policy of the settings, written once when the server starts: nothing
    inline is ever allowed, so no page needs a policy or a nonce of its own. Django's own pages of DEBUG do, and have none."""

    def __init__(self, get_response):
        self.get_response, self.policy = get_response, build_policy()

    def __call__(self, request):
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
