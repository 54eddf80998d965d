"""Preparing a round: list, form, sectors, texts, preview."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from initiatives.permissions import Permission, requires
from initiatives.queries import snapshot
from surveys.actions import instruments, rounds
from surveys.forms.rounds import ClusterForm, ExtendForm, RoundForm, RoundTextForm, StewardForm, suggested
from surveys.merge import FIELDS
from surveys.models import Round
from surveys.queries import rosters, sending
from surveys.queries.conclusions import conclusion_of, last_untold
from surveys.queries.mail_languages import mail_languages
from surveys.queries.mail_times import waiting_mails
from surveys.queries.releases import sees_answers_page
from surveys.queries.rounds import counts_by_state, editable_texts, open_notes, round_of, texts_before_sending
from surveys.queries.rounds import rounds as rounds_of
from surveys.queries.texts import has_texts


def unless_sent(view):
    """Where somebody sent the round between reading and writing: nothing is written, and the list says why."""

    @wraps(view)
    def guarded(request, **kwargs):
        try:
            return view(request, **kwargs)
        except rounds.RoundRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("surveys:round-list", request.initiative.slug)

    return guarded


@requires(Permission.ROUND_VIEW)
@require_safe
def round_list(request):
    found = list(rounds_of(request.initiative))
    return render(request, "surveys/round_list.html", {"rounds": found, "untold": last_untold(found)})


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def round_add(request):
    form = RoundForm(
        request.POST or None, initiative=request.initiative, initial=suggested(request.initiative, request.user)
    )
    if request.method == "POST" and form.is_valid():
        installed = instruments.install_shipped(initiative=request.initiative, by=request.user)
        form.instance.instrument_version = installed[form.cleaned_data["instrument"]]
        chosen = {name: form.cleaned_data[name] for name in ("sectors", "groups")}
        round = rounds.draft(round=form.save(commit=False), **chosen, by=request.user)
        messages.success(request, _("The round was drafted. Nothing is sent until you press send."))
        return redirect(round)
    return render(request, "surveys/round_form.html", {"form": form})


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@unless_sent
def round_edit(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    before = snapshot(round, rounds.FIELDS)
    form = RoundForm(request.POST or None, initiative=request.initiative, instance=round)
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("sectors", "groups")}
        rounds.change(round=form.instance, before=before, **chosen, by=request.user)
        messages.success(request, _("The round was changed."))
        return redirect(round)
    return render(request, "surveys/round_form.html", {"form": form, "round": round})


@requires(Permission.ROUND_VIEW)
@require_safe
def round_detail(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id)
    is_draft = round.state == Round.State.DRAFT
    asked = rosters.roster(round) if is_draft else None
    return render(
        request,
        "surveys/round_detail.html",
        {
            "round": round,
            "roster": asked,
            "counts": counts_by_state(round),
            "progress": sending.sending_progress(round),
            "waiting": waiting_mails(round),
            "unsettled": sending.unsettled_mailings(round),
            "returned": sending.returned_mailings(round),
            "notes": open_notes(round),
            "conclusion": conclusion_of(round) if round.state == Round.State.CLOSED else None,
            "has_texts": round.state == Round.State.CLOSED and has_texts(round),
            "sees_answers": sees_answers_page(request.membership, round),
            "mail_languages": mail_languages(round, asked, texts_before_sending(round)) if is_draft else [],
            "extend_form": ExtendForm(initial={"closes_on": round.closes_on}),
        },
    )


def _without_sectors(request, round):
    """To the round's page, saying why there is nothing to merge."""
    messages.info(
        request,
        _(
            "There are no sectors to merge: nobody knows which sector an anonymous answer comes from, so figures are of all."
        ),
    )
    return redirect(round)


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@unless_sent
def round_clusters(request, round_id):
    """Merging by name. `look` holds what was typed against the sectors as they are, and saves nothing."""
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    if round.is_anonymous:
        return _without_sectors(request, round)
    sectors, clusters = request.initiative.sectors.all(), rosters.cluster_of_sector(round)
    fields = {"initiative": request.initiative, "round": round, "sectors": sectors, "clusters": clusters}
    form = ClusterForm(request.POST or None, **fields)
    is_written = request.method == "POST" and form.is_valid()
    if is_written and "look" not in request.POST:
        rounds.merge_sectors(round=round, names=form.names(), by=request.user)
        messages.success(request, _("The sectors were merged as written. Look below at what will be shown."))
        return redirect("surveys:round-clusters", request.initiative.slug, round.pk)
    contacts = rosters.roster(round).contacts
    compared = rosters.comparison(round, contacts, typed=form.names() if is_written else None)
    return render(request, "surveys/round_clusters.html", {"round": round, "form": form, "compared": compared})


@requires(Permission.ROUND_EDIT)
@require_POST
@unless_sent
def round_clusters_proposal(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    if round.is_anonymous:
        return _without_sectors(request, round)
    proposed = rosters.comparison(round, rosters.roster(round).contacts).proposed_names
    names = {sector: proposed.get(sector.name, sector.name) for sector in request.initiative.sectors.all()}
    rounds.merge_sectors(round=round, names=names, by=request.user)
    messages.success(request, _("The sectors were merged as proposed. Give the clusters names that people know."))
    return redirect("surveys:round-clusters", request.initiative.slug, round.pk)


@requires(Permission.ROUND_RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
@unless_sent
def round_steward(request, round_id):
    round = get_object_or_404(round_of(request.initiative), pk=round_id, state=Round.State.DRAFT)
    form = StewardForm(request.POST or None, initiative=request.initiative, round=round)
    if request.method == "POST" and form.is_valid():
        rounds.name_steward(round=round, steward=form.cleaned_data["steward"], by=request.user)
        messages.success(request, _("The data steward was saved."))
        return redirect(round)
    return render(request, "surveys/round_steward.html", {"round": round, "form": form})


@requires(Permission.ROUND_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@unless_sent
def round_text(request, text_id):
    text = get_object_or_404(editable_texts(request.initiative), pk=text_id)
    round = text.round
    back = "surveys:round-detail" if round.state == Round.State.DRAFT else "surveys:round-conclusion"
    before = {"subject": text.subject, "body": text.body}
    form = RoundTextForm(request.POST or None, instance=text)
    if request.method == "POST" and form.is_valid():
        rounds.write_text(text=form.instance, before=before, by=request.user)
        messages.success(request, _("The text was saved."))
        return redirect(back, request.initiative.slug, round.pk)
    shown = {"round": round, "text": text, "form": form, "fields": FIELDS, "back": back}
    return render(request, "surveys/round_text.html", shown)
