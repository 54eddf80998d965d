"""What the backbone makes of a closed round: writing it, publishing it, telling everyone who was asked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from initiatives.permissions import Permission, requires
from surveys.actions import conclusions as actions
from surveys.actions.rounds import RoundRefused
from surveys.forms.conclusions import ConclusionForm
from surveys.plain_text import blocks
from surveys.queries import conclusions as queries
from surveys.queries.rounds import results_texts, round_of


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def round_conclusion(request, round_id):
    """Read, preview and save; what was typed stays where somebody else has saved meanwhile."""
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    if not queries.has_readers(round):
        return redirect(round)
    conclusion = queries.conclusion_of(round)
    form = _form(round, conclusion, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, round, conclusion, form)
    if "preview" in request.POST:
        preview = {code: blocks(text) for code, text in form.texts.items() if text}
        return _page(request, round, conclusion, form, preview=preview)
    try:
        actions.write(round=round, version=form.cleaned_data["version"], texts=form.texts, by=request.user)
    except actions.EditConflict:
        return _conflict(request, round)
    except RoundRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, round, conclusion, form)
    messages.success(request, _("The text was saved."))
    return redirect("surveys:round-conclusion", request.initiative.slug, round.pk)


def _form(round, conclusion, data=None):
    texts = {f"text_{code}": text for code, text in queries.texts_of(conclusion).items()}
    initial = texts | {"version": conclusion.version if conclusion else 0}
    return ConclusionForm(data, initial=initial, default_language=round.initiative.default_language)


def _page(request, round, conclusion, form, *, status=200, **shown):
    shown |= {"round": round, "conclusion": conclusion, "form": form, "recipients": queries.recipients(round)}
    shown |= {"mail_texts": results_texts(round)}
    return render(request, "surveys/round_conclusion.html", shown, status=status)


def _conflict(request, round):
    """What was typed stays, beside what the other person saved; saving once more replaces theirs, knowingly."""
    conclusion = queries.conclusion_of(round)
    data = request.POST.copy()
    data["version"] = conclusion.version if conclusion else 0
    theirs = {code: blocks(text) for code, text in queries.texts_of(conclusion).items()}
    return _page(request, round, conclusion, _form(round, conclusion, data), theirs=theirs, status=409)


@requires(Permission.ROUND_SEND)
@require_POST
def conclusion_publish(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    tells = request.POST.get("tell") == "everyone"
    try:
        version = int(request.POST.get("version", ""))
        actions.publish(
            round=round, version=version, digest=request.POST.get("digest", ""), tells=tells, by=request.user
        )
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    except ValueError:
        messages.error(request, _("Nothing was published. Open the page again, read the text, then publish."))
    else:
        messages.success(
            request,
            _("The text was published. Mails leave in the background.") if tells else _("The text was published."),
        )
    return redirect("surveys:round-conclusion", request.initiative.slug, round.pk)


@requires(Permission.ROUND_SEND)
@require_POST
def conclusion_tell(request, round_id):
    """Mail those who were asked, after it was published without."""
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    try:
        actions.tell(round=round, digest=request.POST.get("digest", ""), by=request.user)
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Everyone is told. Mails leave in the background."))
    return redirect("surveys:round-conclusion", request.initiative.slug, round.pk)
