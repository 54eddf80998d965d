"""Opting out of mails at /u/<token>/. Mail programs post here on their own (RFC 8058), so the token is the only key."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys.actions import reachability
from surveys.queries.answering import language_of_browser
from surveys.queries.sending import invitation_to_unsubscribe


def unsubscribe_link(view):
    """Turn the token into an invitation, in its language, or say that the link opens nothing."""

    @login_not_required
    @never_cache
    @wraps(view)
    def opened(request, token):
        invitation = invitation_to_unsubscribe(token)
        with translation.override(invitation.language if invitation else language_of_browser(request)):
            if invitation is None:
                response = render(request, "surveys/link_unknown.html", status=404)
            else:
                response = view(request, invitation, token)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@csrf_exempt
@unsubscribe_link
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, invitation, token):
    """GET and HEAD ask, POST opts out. Exempt from CSRF by name: it takes nothing but the token and does nothing else.

    A POST is answered by the page itself: mail programs do not follow a redirect (RFC 8058, section 3.1).
    """
    if request.method == "POST":
        reachability.opt_out(invitation=invitation)
    template = "surveys/unsubscribe_done.html" if request.method == "POST" else "surveys/unsubscribe_confirm.html"
    return render(request, template, {"invitation": invitation, "round": invitation.round, "token": token})
