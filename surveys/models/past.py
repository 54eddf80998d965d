from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from initiatives.models import Initiative, InitiativeQuerySet
from surveys.models.instruments import InstrumentVersion
from surveys.models.rounds import Round


class PastImport(models.Model):
    """An earlier round on its way in: its file is checked (dry run), confirmed, stored by a worker, and closed as a round.

    `mapping` is {"columns": {place: target}, "values": {value: answer}} as somebody chose it, empty
    while proposals stand. `report` is that of `surveys.past`, or {"unreadable": code, "params": {...}}. `content`
    is emptied and the report cut down to counts when the import ends, since both may hold personal data.
    """

    initiative_path = "initiative"

    class Kind(models.TextChoices):
        ANSWERS = "answers", _("answers")
        FIGURES = "figures", _("published figures")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing written yet")
        CONFIRMED = "confirmed", _("waiting to be stored")
        STORING = "storing", _("being stored")
        DONE = "done", _("brought in")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("could not be read")

    # A worker has it, or should take it next.
    BUSY = (State.WAITING, State.CHECKING, State.CONFIRMED, State.STORING)
    # Somebody said yes to it.
    TAKEN = (State.CONFIRMED, State.STORING, State.DONE)

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="past_imports")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    instrument_version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    closes_on = models.DateField(_("closed on"))
    invited = models.PositiveIntegerField(_("people invited"), null=True, blank=True)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    # SHA-256 of the file: the same one is not brought in twice.
    digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    round = models.OneToOneField(Round, models.SET_NULL, null=True, blank=True, related_name="past_import")

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="past_import_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "instrument_version", "digest"],
                condition=models.Q(state__in=["confirmed", "storing", "done"]),
                name="past_import_same_file_once",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("surveys:past-detail", args=[self.initiative.slug, self.pk])

    @property
    def is_busy(self):
        return self.state in self.BUSY


class PastResponse(models.Model):
    """What one person answered in an earlier round. Nothing here says who: neither name nor address nor time.

    It is not in the admin and never in history, as `Response` is not.
    """

    initiative_path = "past_import__initiative"

    past_import = models.ForeignKey(PastImport, models.CASCADE, related_name="responses")
    number = models.PositiveIntegerField()
    answers = models.JSONField(default=dict)
    # People of one organisation share a number; which organisation it is, is not kept.
    organisation = models.PositiveIntegerField(null=True, blank=True)
    sector_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["past_import", "number"]
        constraints = [models.UniqueConstraint(fields=["past_import", "number"], name="past_response_once_per_row")]

    def __str__(self):
        return f"earlier response {self.pk}"


class PastFigure(models.Model):
    """A published figure: `count` favourable of `n` who answered one statement."""

    initiative_path = "past_import__initiative"

    past_import = models.ForeignKey(PastImport, models.CASCADE, related_name="figures")
    code = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    n = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["past_import", "code"], name="past_figure_once_per_statement"),
            models.CheckConstraint(
                condition=models.Q(n__gte=1) & models.Q(count__lte=models.F("n")), name="past_figure_is_a_share"
            ),
        ]

    def __str__(self):
        return f"earlier figure {self.pk}"
