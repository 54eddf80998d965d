from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Contact


class Owned(models.Model):
    """Somebody sees to it: one of the backbone's staff, or a partner's contact, who needs no account."""

    owner_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("staff")
    )
    owner_contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="%(class)ss", verbose_name=_("partner contact")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner_staff__isnull=True) | models.Q(owner_contact__isnull=True),
                name="%(class)s_has_one_owner",
                violation_error_message=_("Choose one owner: somebody of the staff or a partner's contact."),
            )
        ]

    @property
    def owner(self):
        return self.owner_staff or self.owner_contact
