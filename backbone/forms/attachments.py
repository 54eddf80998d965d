from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.file_kinds import CONTENT_TYPES, kind_of
from initiatives.forms import InitiativeForm

MOST_FILES = 20
MEGABYTE = 1_000_000


class AttachmentForm(InitiativeForm):
    """One file. What it is, its content says; `kind` and `content` are ready after the form was found valid."""

    file = forms.FileField(
        label=_("File"),
        max_length=1_000,
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )

    def __init__(self, *args, activity, **kwargs):
        super().__init__(*args, **kwargs)
        self.activity = activity
        self.fields["file"].help_text = _(
            "PDF, pictures (PNG, JPEG, WebP), Word, Excel, PowerPoint, OpenDocument, CSV or text, at most %(megabytes)s MB."
        ) % {"megabytes": settings.ATTACHMENT_MEGABYTES}
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{kind}" for kind in (*CONTENT_TYPES, "jpeg"))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.ATTACHMENT_MEGABYTES * MEGABYTE:
            raise forms.ValidationError(
                _("The file is larger than %(megabytes)s MB. Make it smaller, or write down where it lies."),
                params={"megabytes": settings.ATTACHMENT_MEGABYTES},
            )
        if self.activity.attachments.count() >= MOST_FILES:
            raise forms.ValidationError(
                _("An activity has at most %(most)s files. Take one away first."), params={"most": MOST_FILES}
            )
        self.content = file.read()
        self.kind = kind_of(self.content, file.name)
        if not self.kind:
            raise forms.ValidationError(
                _(
                    "What is in this file is none of the kinds below, or it carries macros. Save it as one of these kinds and choose that file."
                )
            )
        return file
