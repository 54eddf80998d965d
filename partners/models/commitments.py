from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, Reminded, Restorable
from partners.models.organisations import Organisation
from partners.models.people import Contact


class Commitment(Restorable, Reminded):
    """What a partner promised: how much of what, until when, and what became of it."""

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        TIME = "time", _("time")
        MONEY = "money", _("money")
        LEADERSHIP = "leadership", _("leadership")
        DATA = "data", _("data")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        MADE = "made", _("made")
        KEPT = "kept", _("kept")
        PARTLY = "partly", _("partly kept")
        NOT_KEPT = "not_kept", _("not kept")
        RELEASED = "released", _("released")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="commitments")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="commitments", verbose_name=_("partner")
    )
    # Who made it, and is asked to confirm it and reminded of it.
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="commitments", verbose_name=_("promised by")
    )
    title = models.CharField(_("what was promised"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    # Missing where no number was promised. Money carries its currency; anything else its unit, for example "hours a month".
    amount = models.DecimalField(
        _("how much"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    unit = models.CharField(_("of what"), max_length=60, blank=True)
    made_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.MADE)
    # The day on which it got its present state; empty while it is only made.
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    # The partner confirmed it through the link in their mail, or said that it is not what they promised, and why.
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    disputed_at = models.DateTimeField(null=True, blank=True, editable=False)
    dispute = models.CharField(max_length=500, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="commitment_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(state="made", settled_on__isnull=True)
                | ~models.Q(state="made") & models.Q(settled_on__isnull=False),
                name="commitment_settled_on_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(disputed_at__isnull=True),
                name="commitment_confirmed_or_disputed",
            ),
        ]
        indexes = [models.Index(fields=["initiative", "state", "due_on"], name="commitment_due")]

    def __str__(self):
        return self.title

    @property
    def how_much(self):
        """The amount with its currency or unit, in the form of the language that is on; "" where no number was promised."""
        if self.amount is None:
            return ""
        whole = self.amount == self.amount.to_integral_value()
        number = formats.number_format(self.amount, 0 if whole else 2, use_l10n=True, force_grouping=True)
        return f"{number} {self.currency or self.unit}".strip()

    def get_absolute_url(self):
        return reverse("partners:commitment-detail", args=[self.initiative.slug, self.pk])
