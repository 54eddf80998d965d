"""What came of a meeting to be done and what was promised in it, for the page of the meeting."""

from django import template

from backbone.forms.action_items import QuickActionItemForm
from backbone.queries import action_items, meeting_commitments
from initiatives.permissions import Permission

register = template.Library()


@register.simple_tag
def action_items_of(meeting, membership):
    """The Rows of a meeting's action items that `membership` sees."""
    found = action_items.visible_action_items(membership).filter(meeting=meeting)
    return action_items.rows_of(action_items.with_names(found), membership)


@register.simple_tag
def quick_action_item(membership):
    """The one-line form, for whoever may add action items; else None."""
    return QuickActionItemForm(membership=membership) if membership.can(Permission.FOLLOW_UP_EDIT) else None


register.simple_tag(meeting_commitments.commitments_of)
