"""Contribution stories: what everybody reads of them, and how the backbone writes them and asks partners to sign them off."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backbone.actions import stories, story_mails
from backbone.forms.stories import StoryFilterForm, StoryForm
from backbone.queries import stories as queries
from backbone.queries.story_sign_offs import ask_list, sign_off_rows
from initiatives.permissions import Permission, requires
from initiatives.views.deleting import reason_of, say_deleted

STORIES_ON_A_PAGE = 20
LONGEST_KEY = 18


@require_safe
@requires(Permission.STORY_VIEW)
def story_list(request):
    sees_all = request.membership.can(Permission.EVIDENCE_VIEW)
    form = StoryFilterForm(request.GET, initiative=request.initiative, sees_states=sees_all)
    found = queries.in_order(queries.filtered(queries.visible_stories(request.membership), **form.filters))
    page = Paginator(found, STORIES_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [queries.row_of(story) for story in page]
    return render(request, "backbone/story_list.html", {"form": form, "page": page, "rows": rows, "sees_all": sees_all})


@require_safe
@requires(Permission.STORY_VIEW)
def story_detail(request, pk):
    story = get_object_or_404(queries.in_order(queries.visible_stories(request.membership)), pk=pk)
    context = {"story": story, "row": queries.row_of(story)}
    if request.membership.can(Permission.EVIDENCE_VIEW):
        context |= {
            "sign_offs": sign_off_rows(story),
            "entries": story.evidence.all(),
            "why_not": queries.why_not_shared(story),
            "can_ask": bool(ask_list(story).people),
        }
    return render(request, "backbone/story_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVIDENCE_EDIT)
def story_add(request):
    """A new story, perhaps out of an entry of evidence (`?evidence=`), whose words and partners it begins with."""
    initial = queries.beginning_from(entry) if (entry := _entry_named(request)) else {}
    form = StoryForm(request.POST or None, initial=initial, membership=request.membership)
    if form.is_valid():
        story = stories.write(initiative=request.initiative, values=form.values, by=request.user)
        messages.success(request, _("“%(title)s” was saved. Only the backbone can read it.") % {"title": story})
        return redirect(story)
    return render(request, "backbone/story_form.html", {"form": form, "story": None, "entry": entry})


def _entry_named(request):
    key = request.GET.get("evidence", "")
    if not key:
        return None
    if not (key.isascii() and key.isdecimal()) or len(key) > LONGEST_KEY:
        raise Http404
    return get_object_or_404(request.initiative.evidence.all(), pk=int(key))


def _of_initiative(request, pk):
    return get_object_or_404(request.initiative.stories.select_related("initiative"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVIDENCE_EDIT)
def story_edit(request, pk):
    story, theirs = _of_initiative(request, pk), None
    form = StoryForm(request.POST or None, instance=story, membership=request.membership)
    if form.is_valid():
        told = {"edits": form.version_begun, "values": form.values, "reason": form.reason_given}
        try:
            changed = stories.change(story=story, **told, by=request.user)
        except stories.StoryConflict as conflict:
            theirs = conflict.story
            # What was typed stays; saving once more replaces theirs, knowingly.
            again = request.POST.copy()
            again["version"] = theirs.edits
            form = StoryForm(again, instance=story, membership=request.membership)
        else:
            return _changed(request, changed, was_shared=story.shared_at)
    story.refresh_from_db()
    context = {"form": form, "story": story, "theirs": theirs and queries.said_by(theirs)}
    return render(request, "backbone/story_form.html", context, status=409 if theirs else 200)


def _changed(request, story, *, was_shared):
    if was_shared and not story.shared_at:
        said = _("“%(title)s” was saved. It is no longer shared: its partners have to agree to it as it is now.")
    else:
        said = _("“%(title)s” was saved.")
    messages.success(request, said % {"title": story})
    return redirect(story)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def story_delete(request, pk):
    story = _of_initiative(request, pk)
    if stories.delete(story=story, reason=reason_of(request), by=request.user):
        say_deleted(request, story)
    return redirect("backbone:story-list", request.initiative.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVIDENCE_EDIT)
def story_ask(request, pk):
    """Exactly who gets which mail; POST lets them leave, if the list is still the one that was looked at."""
    story, has_changed = _of_initiative(request, pk), False
    if request.method == "POST":
        asked = stories.ask(story=story, digest=request.POST.get("list", ""), by=request.user)
        if asked is not None:
            said = ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", asked)
            messages.success(request, said % {"number": asked})
            return redirect(story)
        has_changed = True
    found = ask_list(story)
    link = _("(here stands a link for this person alone)")
    samples = story_mails.samples_of(people=found.people, link=link, by=request.user)
    context = {"story": story, "list": found, "samples": samples, "has_changed": has_changed}
    return render(request, "backbone/story_ask.html", context, status=409 if has_changed else 200)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def story_share(request, pk):
    story = _of_initiative(request, pk)
    is_read = request.POST.get("version", "") == str(story.version)
    if is_read and stories.share(story=story, by=request.user):
        messages.success(request, _("“%(title)s” was shared.") % {"title": story})
    else:
        said = queries.why_not_shared(story) if is_read else ""
        messages.error(
            request, said or _("The words were changed while you read them. Read them again, then share them.")
        )
    return redirect(story)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def story_unshare(request, pk):
    story = _of_initiative(request, pk)
    if stories.unshare(story=story, by=request.user):
        messages.success(
            request, _("“%(title)s” is no longer shared. Only the backbone can read it.") % {"title": story}
        )
    return redirect(story)


@require_POST
@requires(Permission.EVIDENCE_EDIT)
def story_mail_again(request, pk, sign_off):
    story = _of_initiative(request, pk)
    row = get_object_or_404(story.sign_offs.select_related("organisation"), pk=sign_off)
    if stories.send_again(sign_off=row, by=request.user):
        messages.success(request, _("The mail is on its way again."))
    return redirect(story)
