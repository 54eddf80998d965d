from django.db import models
from django.utils.translation import gettext_lazy as _

from backbone.people_range import written


class PeopleCounted(models.Model):
    """How many people it reached or moved: from `people_least` to `people_most`, the same where they were counted; both
    empty where nobody knows."""

    people_least = models.PositiveIntegerField(_("people, at least"), null=True, blank=True)
    people_most = models.PositiveIntegerField(_("people, at most"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(people_least__isnull=True, people_most__isnull=True)
                | models.Q(people_least__isnull=False, people_most__gte=models.F("people_least")),
                name="%(class)s_people_is_a_range",
            )
        ]

    @property
    def people_written(self):
        """The range as it is typed: "", "120" or "100-150"."""
        return written(self.people_least, self.people_most)
