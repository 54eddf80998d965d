from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from backbone import gallery
from core.network import loopback_only


@login_not_required
@loopback_only
@require_safe
def component_list(request):
    """Every component in its hard cases, for whoever designs; only with DEBUG and from this very machine."""
    shown = [
        (name, [(title, _drawn(request, name, values)) for title, values in cases])
        for name, cases in gallery.cases().items()
    ]
    return render(request, "backbone/gallery.html", {"components": shown})


def _drawn(request, name, values):
    return render_to_string(f"components/{name}.html", values, request)
