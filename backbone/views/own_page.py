"""A partner's own page at /own/<token>/, without signing in: what they agreed to do, and what they promised. GET never acts."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import own_page as actions
from backbone.queries import own_page as queries
from surveys.queries.answering import language_of_browser


def own_link(find):
    """Turn the token into a contact, in their language, or say that the link opens nothing. No page is kept or quoted."""

    def decorate(view):
        @login_not_required
        @wraps(view)
        def opened(request, token, **kwargs):
            contact = find(token)
            language = queries.language_for(contact, request.GET.get("language")) if contact else None
            language = language or language_of_browser(request)
            with translation.override(language):
                if contact is None:
                    response = render(request, "surveys/link_unknown.html", status=404)
                else:
                    contact.token = token
                    response = view(request, contact, language, **kwargs)
            return quiet(response, language)

        return opened

    return decorate


def quiet(response, language):
    """The answer as it must be where its address is the key."""
    # The origin alone, as for survey links: no Referer holds a token, and a form still says where it comes from.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "max-age=0, no-cache, no-store, must-revalidate, private"
    response["Content-Language"] = language
    return response


def taking_part(view):
    """For who has left there is nothing here but a sentence that says so."""

    @wraps(view)
    def checked(request, contact, language, **kwargs):
        if queries.has_left(contact):
            return render(request, "backbone/own_left.html", {"contact": contact})
        return view(request, contact, language, **kwargs)

    return checked


@own_link(queries.contact_behind)
@require_safe
@taking_part
def own_page(request, contact, language):
    shown = {"contact": contact, "page": queries.own_page(contact), "language": language}
    return render(request, "backbone/own_page.html", shown | {"said": request.GET.get("said", "")})


@own_link(queries.contact_behind)
@require_POST
@taking_part
def action_item_done(request, contact, language, pk):
    item = get_object_or_404(queries.action_items_of(contact), pk=pk)
    actions.finish(item=item, contact=contact)
    return _back(contact, language, "done")


@own_link(queries.contact_behind)
@require_POST
@taking_part
def commitment_confirm(request, contact, language, pk):
    commitment = get_object_or_404(queries.commitments_of(contact), pk=pk)
    actions.confirm(commitment=commitment, contact=contact)
    return _back(contact, language, "confirmed")


@own_link(queries.contact_behind)
@require_POST
@taking_part
def commitment_dispute(request, contact, language, pk):
    commitment = get_object_or_404(queries.commitments_of(contact), pk=pk)
    actions.dispute(commitment=commitment, contact=contact, note=request.POST.get("note", ""))
    return _back(contact, language, "disputed")


@own_link(queries.contact_behind)
@require_POST
@taking_part
def reminders(request, contact, language):
    wanted = request.POST.get("wanted") == "yes"
    actions.set_reminders(contact=contact, wanted=wanted)
    return _back(contact, language, "wanted" if wanted else "stopped")


@csrf_exempt
@own_link(queries.contact_to_stop)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, contact, language):
    """GET and HEAD ask, POST stops the mails. Exempt from CSRF by name: it takes nothing but the token and does nothing else,
    and mail programs post here on their own (RFC 8058) and do not follow a redirect."""
    if request.method == "POST":
        actions.set_reminders(contact=contact, wanted=False)
    is_done = request.method == "POST"
    return render(request, "backbone/own_stop.html", {"contact": contact, "is_done": is_done})


def _back(contact, language, said):
    return HttpResponseRedirect(f"/own/{contact.token}/?language={language}&said={said}")
