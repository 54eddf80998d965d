"""Small tags that templates share. They format what is ready; none of them reads a table or computes a figure."""

from django import template
from django.http import QueryDict
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import mark_safe

from core import drawings

register = template.Library()


@register.simple_tag(takes_context=True)
def repeat_block(context, name):
    """Show block `name` of the same page once more; empty where no page extends this one."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    # The block was escaped while it was rendered; escaping it again would show "&amp;".
    return mark_safe(block.render(context).strip()) if block else ""  # noqa: S308


@register.simple_tag(takes_context=True)
def page_address(context, number, parameter="page"):
    """This address with another page number, all filters kept. Works inside `{% include … only %}` as well."""
    request = context.get("request") or getattr(context, "request", None)
    parameters = request.GET.copy() if request else QueryDict(mutable=True)
    parameters[parameter] = number
    return f"?{parameters.urlencode()}"


register.simple_tag(drawings.chart, name="draw_chart")
register.simple_tag(drawings.table, name="draw_table")


# The icon of each kind of notice and of each level that Django's messages know.
ICON_OF_KIND = {
    "info": "info",
    "debug": "info",
    "good": "circle-check",
    "success": "circle-check",
    "warn": "triangle-alert",
    "warning": "triangle-alert",
    "danger": "octagon-alert",
    "error": "octagon-alert",
}


@register.filter
def icon_of_kind(kind):
    return ICON_OF_KIND.get(kind, "info")
