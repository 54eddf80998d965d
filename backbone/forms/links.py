from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

LONGEST_LINK = 500
NOT_A_LINK = _("Write the whole address of a page, beginning with https:// or http://.")


class LinkField(forms.URLField):
    """An address of a page on the web: nothing else that a browser would follow or run."""

    default_error_messages = {"invalid": NOT_A_LINK}
    default_validators = [URLValidator(schemes=["https", "http"], message=NOT_A_LINK)]

    def __init__(self, **kwargs):
        super().__init__(max_length=LONGEST_LINK, assume_scheme="https", **kwargs)
