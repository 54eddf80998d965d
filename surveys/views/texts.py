"""What people wrote in their own words: reading it where enough did, redacting it, releasing it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators.models import ReleasedTexts
from initiatives.permissions import Permission, requires
from surveys.actions import texts as actions
from surveys.actions.rounds import RoundRefused
from surveys.forms.texts import TakeOutForm, TextForm, keys_in
from surveys.queries import texts as queries
from surveys.queries.rounds import round_of

TEXTS_ON_A_PAGE = 20


def _round(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    if not queries.has_texts(round):
        raise Http404
    return round


def _asked(round, code):
    asked = queries.open_text(round, code)
    if asked is None:
        raise Http404
    return asked


@require_safe
@requires(Permission.TEXTS_REDACT)
def round_texts(request, round_id):
    round = _round(request, round_id)
    shown = {"round": round, "refusal": queries.refusal(round), "questions": queries.question_states(round)}
    return render(request, "surveys/round_texts.html", shown | queries.rule_of(round))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.TEXTS_REDACT)
def text_review(request, round_id, question):
    """Read and save a page of texts; what was typed stays where somebody else has changed the same texts meanwhile."""
    round = _round(request, round_id)
    asked = _asked(round, question)
    review = None if queries.refusal(round) else queries.review_of(round, asked)
    if review is None:
        return redirect("surveys:round-texts", request.initiative.slug, round.pk)
    page = Paginator(review.entries, TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    if request.method != "POST":
        return _page(request, review, page, [TextForm(e, number=n) for n, e in enumerate(page, page.start_index())])
    forms = _sent(review, request.POST)
    if [form for form in forms if not form.is_valid()]:
        return _page(request, review, page, forms, status=422)
    try:
        actions.redact(round=round, asked=asked, changes=[form.change for form in forms], by=request.user)
    except actions.EditConflict as conflict:
        return _conflict(request, queries.review_of(round, asked), page, conflict.keys)
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("What you changed was saved. Readers see nothing before it is released."))
    address = reverse("surveys:text-review", args=[request.initiative.slug, round.pk, question])
    return redirect(f"{address}?page={page.number}")


def _sent(review, data):
    """A form for each text that the page was sent with and that is still there, in their order."""
    sent = set(keys_in(data))
    return [
        TextForm(entry, data, number=number)
        for number, entry in enumerate(review.entries, start=1)
        if entry.key in sent
    ]


def _conflict(request, review, page, keys):
    """What was typed stays, beside what the other person saved; saving once more replaces theirs, knowingly."""
    data = request.POST.copy()
    for entry in review.entries:
        if entry.key in keys:
            data[f"{entry.key}-seen"] = entry.seen
    return _page(request, review, page, _sent(review, data), conflicts=keys, status=409)


def _page(request, review, page, forms, *, status=200, **shown):
    shown |= {"round": review.round, "review": review, "asked": review.asked, "page": page, "forms": forms}
    return render(request, "surveys/text_review.html", shown | queries.rule_of(review.round), status=status)


@require_safe
@requires(Permission.TEXTS_REDACT)
def texts_shown(request, round_id, question):
    """What was released of a question, for whoever has to take something out after all."""
    round = _round(request, round_id)
    asked = _asked(round, question)
    page = Paginator(queries.shown_texts(round, asked), TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {"round": round, "asked": asked, "page": page, "reasons": ReleasedTexts.Reason.choices}
    return render(request, "surveys/texts_shown.html", shown | queries.rule_of(round))


@require_POST
@requires(Permission.ROUND_RELEASE)
def text_take_out(request, round_id, question):
    round = _round(request, round_id)
    asked, form = _asked(round, question), TakeOutForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was taken out. Choose one of the reasons."))
    else:
        try:
            number = actions.take_out(round=round, asked=asked, **form.cleaned_data, by=request.user)
        except RoundRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Taken out: %(number)d. Nobody is shown it any more.") % {"number": number})
    return redirect("surveys:texts-shown", request.initiative.slug, round.pk, question)


@require_POST
@requires(Permission.ROUND_RELEASE)
def texts_release(request, round_id, question):
    round = _round(request, round_id)
    try:
        released = actions.release(
            round=round, asked=_asked(round, question), digest=request.POST.get("digest", ""), by=request.user
        )
    except RoundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(number)d texts were released.") % {"number": len(released.texts)})
    return redirect("surveys:round-texts", request.initiative.slug, round.pk)
