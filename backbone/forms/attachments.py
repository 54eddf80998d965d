from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.file_kinds import CONTENT_TYPES, kind_of
from initiatives.forms import InitiativeForm

MOST_FILES = 20
MEGABYTE = 1_000_000


def _kinds_and_size():
    return gettext(
        "PDF, pictures (PNG, JPEG, WebP), Word, Excel, PowerPoint, OpenDocument, CSV or text, at most %(megabytes)s MB."
    ) % {"megabytes": settings.ATTACHMENT_MEGABYTES}


@dataclass(frozen=True)
class NewFile:
    """A file that was sent: what its content is, its content says. Its fields are arguments of `attach`."""

    name: str
    kind: str
    content: bytes

    @property
    def values(self):
        return {"name": self.name, "kind": self.kind, "content": self.content}


class NewFileField(forms.FileField):
    """Cleaned to a `NewFile`; None where no file was chosen and none is needed."""

    def __init__(self, **kwargs):
        errors = {"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")}
        told = {"label": _("File"), "help_text": lazy(_kinds_and_size, str)()} | kwargs
        super().__init__(max_length=1_000, error_messages=errors, **told)

    def widget_attrs(self, widget):
        accept = ",".join(f".{kind}" for kind in (*CONTENT_TYPES, "jpeg"))
        return super().widget_attrs(widget) | {"accept": accept}

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > settings.ATTACHMENT_MEGABYTES * MEGABYTE:
            raise forms.ValidationError(
                _("The file is larger than %(megabytes)s MB. Make it smaller, or write down where it lies."),
                params={"megabytes": settings.ATTACHMENT_MEGABYTES},
            )
        content = file.read()
        kind = kind_of(content, file.name)
        if not kind:
            raise forms.ValidationError(
                _(
                    "What is in this file is none of the kinds below, or it carries macros. Save it as one of these kinds and choose that file."
                )
            )
        return NewFile(file.name, kind, content)


def refuse_too_many(owner):
    """Raise ValidationError where a thing has as many files as it can have."""
    if owner.pk and owner.attachments.count() >= MOST_FILES:
        raise forms.ValidationError(
            _("It has %(most)s files, and cannot have more. Take one away first."), params={"most": MOST_FILES}
        )


class AttachmentForm(InitiativeForm):
    """One file more for `owner`."""

    file = NewFileField()

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean_file(self):
        refuse_too_many(self.owner)
        return self.cleaned_data["file"]
