"""Money and help in kind: asked for, pledged, received, or never come."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from core.searching import searched_text
from initiatives.models import Initiative, Restorable
from partners.models import Organisation


class Resource(Restorable):
    """One amount of money, or one help in kind with its value where one is known, from one giver to one receiver.

    How certain it is, its days say, so that it can be told for any day in the past.
    """

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        MONEY = "money", _("money")
        IN_KIND = "in_kind", _("in kind")

    class Origin(models.TextChoices):
        NEW = "new", _("new")
        REDIRECTED = "redirected", _("redirected")

    class Source(models.TextChoices):
        PUBLIC = "public", _("public")
        PRIVATE = "private", _("private")

    class Recipient(models.TextChoices):
        PARTNERS = "partners", _("partners")
        INITIATIVE = "initiative", _("the initiative")
        BACKBONE = "backbone", _("the backbone")

    class Certainty(models.TextChoices):
        ASKED = "asked", _("asked for")
        PLEDGED = "pledged", _("pledged")
        RECEIVED = "received", _("received")
        FELL_THROUGH = "fell_through", _("fell through")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="resources")
    title = models.CharField(_("what for"), max_length=300)
    kind = models.CharField(_("money or in kind"), max_length=10, choices=Kind.choices, default=Kind.MONEY)
    origin = models.CharField(_("new or redirected"), max_length=10, choices=Origin.choices)
    source = models.CharField(_("public or private"), max_length=10, choices=Source.choices)
    # Who gives: a partner, or somebody by name.
    giver = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("from which partner")
    )
    giver_name = models.CharField(_("from whom else"), max_length=200, blank=True)
    recipient = models.CharField(_("to whom"), max_length=10, choices=Recipient.choices)
    receiver = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("to which partner")
    )
    # Help in kind whose value nobody knows has none; it is counted, and is not zero.
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    asked_on = models.DateField(_("asked for on"), null=True, blank=True)
    pledged_on = models.DateField(_("pledged on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    fell_through_on = models.DateField(_("fell through on"), null=True, blank=True)
    # The time for which it is given.
    starts_on = models.DateField(_("for the time from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    source_link = models.URLField(_("link to the source"), max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    searched = searched_text("title", "giver_name", "note")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0) & ~models.Q(currency=""),
                name="resource_amount_has_a_currency",
                violation_error_message=_("Write the currency of the amount, three letters such as USD."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="in_kind") | models.Q(amount__isnull=False),
                name="resource_money_has_an_amount",
                violation_error_message=_("Write how much money it is."),
            ),
            models.CheckConstraint(
                condition=models.Q(asked_on__isnull=False)
                | models.Q(pledged_on__isnull=False)
                | models.Q(received_on__isnull=False),
                name="resource_happened_on_a_day",
                violation_error_message=_("Write at least one day: asked for, pledged or received."),
            ),
            models.CheckConstraint(
                condition=models.Q(fell_through_on__isnull=True) | models.Q(received_on__isnull=True),
                name="resource_received_or_fell_through",
                violation_error_message=_("It was received, or it fell through. Keep one of the two days."),
            ),
            models.CheckConstraint(
                condition=models.Q(giver__isnull=True) | models.Q(giver_name=""),
                name="resource_has_one_giver",
                violation_error_message=_("Choose a partner or write a name, not both."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="resource_ends_after_it_starts",
                violation_error_message=_("The end lies before the start. Change one of the two dates."),
            ),
        ]
        indexes = [models.Index(fields=["initiative", "received_on"], name="resource_by_day")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("backbone:resource-detail", args=[self.initiative.slug, self.pk])

    @property
    def giver_label(self):
        return str(self.giver) if self.giver_id else self.giver_name

    @property
    def how_much(self):
        """The amount with its currency, in the form of the language that is on; "" where nobody knows it."""
        if self.amount is None:
            return ""
        whole = self.amount == self.amount.to_integral_value()
        number = formats.number_format(self.amount, 0 if whole else 2, use_l10n=True, force_grouping=True)
        return f"{number} {self.currency}"

    def certainty_on(self, day):
        """How certain it was on a day; None before anybody asked."""
        return certainty_on(day, self.asked_on, self.pledged_on, self.received_on, self.fell_through_on)


def certainty_on(day, asked_on, pledged_on, received_on, fell_through_on):
    reached = [
        (received_on, Resource.Certainty.RECEIVED),
        (fell_through_on, Resource.Certainty.FELL_THROUGH),
        (pledged_on, Resource.Certainty.PLEDGED),
        (asked_on, Resource.Certainty.ASKED),
    ]
    return next((certainty for on, certainty in reached if on is not None and on <= day), None)
