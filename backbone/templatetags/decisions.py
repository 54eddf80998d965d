"""`{% decisions_of meeting as rows %}`: what a meeting raised or decided, as far as the reader may see it."""

from django import template

from backbone.queries.decisions import decisions_of_meeting

register = template.Library()


@register.simple_tag(takes_context=True)
def decisions_of(context, meeting):
    membership = context["membership"]
    return decisions_of_meeting(membership, meeting) if context["can"].get("decision_view") else []
