from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils.cache import add_never_cache_headers


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in person unless it carries `@login_not_required`; tests list those with a reason.

    What a signed-in person was shown is kept nowhere: after signing out, the back button of a shared computer shows it
    to nobody.
    """

    def process_response(self, request, response):
        if not response.has_header("Cache-Control") and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
