"""What a partner sees through the link in a mail that asks them to sign a story off, at /story/<token>/. GET never acts."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from backbone.actions import stories
from backbone.forms.story_page import ChangeForm
from backbone.queries.own_page import language_for
from backbone.queries.story_sign_offs import link_behind, partners_named
from backbone.views.own_page import quiet
from surveys.queries.answering import language_of_browser

LONGEST_VERSION = 9


def story_link(view):
    """Turn the token into a partner's sign-off, in the language of its contact, or say that there is nothing to sign off. No
    page is kept or quoted."""

    @login_not_required
    @wraps(view)
    def opened(request, token):
        link = link_behind(token)
        wanted = request.GET.get("language")
        language = language_for(link.contact, wanted) if link and link.contact else language_of_browser(request)
        zone = link.contact.initiative.zone if link and link.contact else timezone.get_current_timezone()
        with translation.override(language), timezone.override(zone):
            response = _answered(request, view, link, token, language)
        return quiet(response, language)

    return opened


def _answered(request, view, link, token, language):
    if link is None:
        return render(request, "surveys/link_unknown.html", status=404)
    if link.has_left:
        return render(request, "backbone/own_left.html", {"contact": link.contact})
    if link.sign_off is None:
        return render(request, "backbone/story_gone.html", status=404)
    return view(request, link, token, language)


def _page(request, link, token, language, *, status=200, **more):
    context = {"link": link, "token": token, "language": language, "languages": list(dict(settings.SURVEY_LANGUAGES))}
    context |= {"partners": partners_named(link.story), "form": ChangeForm()}
    return render(request, "backbone/story_page.html", context | more, status=status)


def _version_read(request):
    """The version of the words that stood on the page; 0, which is nobody's, for what is none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_VERSION else 0


def _back(token, language, said):
    return HttpResponseRedirect(f"/story/{token}/?language={language}&said={said}")


@story_link
@require_safe
def story_page(request, link, token, language):
    return _page(request, link, token, language, said=request.GET.get("said", ""))


@story_link
@require_POST
def story_agree(request, link, token, language):
    version = _version_read(request)
    is_agreed = stories.agree(sign_off=link.sign_off, version=version, contact=link.contact)
    return _back(token, language, "agreed" if is_agreed else "changed")


@story_link
@require_POST
def story_change(request, link, token, language):
    """What was typed stays where it is refused, and where the words changed meanwhile."""
    form, told = ChangeForm(request.POST), {"version": _version_read(request), "contact": link.contact}
    if not form.is_valid():
        return _page(request, link, token, language, form=form)
    if stories.ask_for_change(sign_off=link.sign_off, note=form.cleaned_data["note"], **told):
        return _back(token, language, "asked")
    if (now := link_behind(token)) is None or now.sign_off is None:
        return _back(token, language, "changed")
    return _page(request, now, token, language, form=form, said="changed", status=409)


@story_link
@require_POST
def story_take_back(request, link, token, language):
    stories.take_back(sign_off=link.sign_off, contact=link.contact)
    return _back(token, language, "taken-back")
