"""Files of what the backbone wrote down: never of a thing that was deleted, never of another initiative."""

from initiatives.models import Restorable, within


def attachments(initiative, model):
    """The files of one kind of thing; `model` is the one for it, such as EvidenceAttachment."""
    name = model.owner_name()
    found = within(model._default_manager.all(), initiative).select_related(f"{name}__initiative")
    is_restorable = issubclass(model._meta.get_field(name).related_model, Restorable)
    return found.filter(**{f"{name}__deleted_at": None}) if is_restorable else found


def content_of(attachment):
    """The content of a file, part by part, each read when it is asked for."""
    parts = attachment.parts.order_by("number")
    for number in parts.values_list("number", flat=True):
        yield bytes(parts.values_list("content", flat=True).get(number=number))
