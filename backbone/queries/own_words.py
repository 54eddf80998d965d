"""What people wrote in their own words, as members read it: what was released of the publications, and nothing else."""

from dataclasses import dataclass

from indicators.models import Publication
from indicators.queries.publications import publications
from indicators.words.figures import WHO
from surveys.queries.own_words import ToldTexts, told_of


@dataclass(frozen=True)
class OwnWords:
    """The texts on one question of one publication."""

    publication: Publication
    told: ToldTexts

    @property
    def who(self):
        return str(WHO.get(self.publication.audience, self.publication.audience))


def own_words_of(publications):
    """[OwnWords] of these publications, in their order and that of their questions: one query, two where there are any."""
    by_key = {publication.pk: publication for publication in publications}
    told = told_of(by_key.values())
    return [OwnWords(publication, each) for key, publication in by_key.items() for each in told.get(key, [])]


def all_own_words(initiative):
    """[OwnWords] of all that was ever released to the members of an initiative, the newest round first."""
    return own_words_of(publications(initiative))
