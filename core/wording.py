"""Words that a data file ships in several languages; a template shows them in the reader's."""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True)
class Wording:
    """One text in each language of its file, the file's first language first. `str()` is the active language's."""

    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, texts):
        """From a mapping of language code to text, for example {"en": "Yes", "es": "Sí"}."""
        return cls(tuple(texts.items()))

    def __str__(self):
        return self.in_language(get_language())

    @property
    def languages(self):
        return tuple(code for code, _text in self.texts)

    def in_language(self, language):
        """The text in `language` ("es", "es-mx"); in the first language where there is none."""
        texts = dict(self.texts)
        code = language or ""
        return texts.get(code) or texts.get(code.split("-")[0]) or self.texts[0][1]

    def is_in(self, language):
        """Whether there is a text in `language`, so that none has to stand in for it."""
        return not {language, (language or "").split("-")[0]}.isdisjoint(self.languages)

    def as_dict(self):
        return dict(self.texts)
