"""Which entry of the navigation a page belongs to, where its name alone does not say so."""

from django import template

register = template.Library()
EVIDENCE = tuple(f"backbone:{noun}-" for noun in ("evidence", "story", "policy", "resource", "resources", "milestone"))


@register.filter
def is_of_evidence(view_name):
    """Whether the page of this name stands below “Evidence”."""
    return view_name.startswith(EVIDENCE)
