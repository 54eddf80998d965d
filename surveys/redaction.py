"""What redacting may do to a text: parts give way to a mark, and not a letter is added. Pure."""

import hashlib
import re

from django.utils.translation import gettext as _

MARK = "[…]"
# How people type the mark.
TYPED_MARK = re.compile(r"[\[(]\s*(?:\.{2,}|…)\s*[\])]")
# Beside marks: nothing that says anything.
SAYS_NOTHING = re.compile(r"[\W_]*")


def tidy(original, text):
    """A text as it came from a form, its line breaks and marks in their one form; brackets of the writer's own stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text == original else TYPED_MARK.sub(MARK, text)


def is_redaction(original, text):
    """Whether `text` is `original` with nothing but marks in the places of what was taken out."""
    first, *others = text.split(MARK)
    if not others:
        return text == original
    *between, last = others
    end, place = len(original) - len(last), len(first)
    if not original.startswith(first) or not original.endswith(last):
        return False
    for part in between:
        found = original.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return place <= end


def says_nothing(text):
    """Whether nothing is left of a text but marks: then it is left out, and not redacted."""
    return SAYS_NOTHING.fullmatch(text.replace(MARK, "")) is not None


def sentence_against(original, text):
    """Why this is no redaction of a text: a sentence, or ""."""
    text = tidy(original, text)
    if text != original and says_nothing(text):
        return _("Nothing is left of this text. Leave it out and choose a reason.")
    if not is_redaction(original, text):
        return _(
            "Only take words out, and put %(mark)s where they stood; everything else has to stand as it was written."
        ) % {"mark": MARK}
    return ""


def key_of(round_id, code, text):
    """The name of a text while it is redacted: made of its words alone, so that it leads to nobody who wrote them, and equal
    texts are redacted alike. Texts are shown in the order of these names, another one for each question."""
    return hashlib.sha256(f"{round_id}:{code}:{text}".encode()).hexdigest()[:32]
