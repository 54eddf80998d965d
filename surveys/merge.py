"""Merge fields of survey mails: a fixed list of names in braces, replaced literally. No template and no format string
ever sees what a person wrote, so nothing in it can reach an attribute, a setting or a tag."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

# Fields that an editor may use, and what each becomes.
FIELDS = {
    "first_name": gettext_lazy("the person's first name"),
    "name": gettext_lazy("the person's whole name"),
    "organisation": gettext_lazy("their organisation"),
    "initiative": gettext_lazy("the name of the initiative"),
    "sender": gettext_lazy("the sender's name"),
    "link": gettext_lazy("the person's own link"),
    "opens_on": gettext_lazy("the day on which the survey opens"),
    "closes_on": gettext_lazy("the last day for answering"),
    "minutes": gettext_lazy("how many minutes answering takes"),
}
# Only in the footer, which nobody edits.
FOOTER_FIELDS = ("unsubscribe_link",)
LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
TOKEN = re.compile(r"\{(" + "|".join([*FIELDS, *FOOTER_FIELDS]) + r")\}")
BRACED = re.compile(r"\{+[^{}\n]*\}*")
LINE_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def render(text, fields):
    """`text` with each {field} replaced by its value, once and literally; KeyError where a value is missing.

    Values become one line, so that a name cannot add a header or a paragraph; braces in them stay braces.
    """
    return TOKEN.sub(lambda match: LINE_BREAKS.sub(" ", str(fields[match.group(1)])).strip(), text)


def check(text, *, link=True):
    """Sentences on what is wrong with the body of a mail, for its editor; an empty list where nothing is.

    `link` says whether the person's link belongs there: True, False, or None where it may stand.
    """
    problems = _unknown(text)
    if link is False and "{link}" in text:
        problems.append(_("The survey is not open yet when this mail leaves. Take {link} out of the text."))
    if link and "{link}" not in text:
        problems.append(
            _("The text does not contain {link}, so nobody would find the page. Put {link} where the link belongs.")
        )
    if len(text) > LONGEST_BODY:
        problems.append(_("The text is longer than 10,000 characters. Please shorten it."))
    return problems


def check_subject(text):
    """The same for a subject line, in which a link would end up in mail logs."""
    problems = _unknown(text)
    if not text.strip():
        problems.append(_("The subject is empty. Write what the mail is about."))
    if "{link}" in text:
        problems.append(_("The subject contains {link}. Put the link into the text, where only the reader sees it."))
    if "\n" in text or "\r" in text:
        problems.append(_("The subject has more than one line. Write it in one."))
    if len(text) > LONGEST_SUBJECT:
        problems.append(_("The subject is longer than 200 characters. Please shorten it."))
    return problems


def _unknown(text):
    known = {f"{{{field}}}" for field in FIELDS}
    found = dict.fromkeys(match.group() for match in BRACED.finditer(text) if match.group() not in known)
    if not found:
        return []
    return [
        ngettext(
            "%(found)s is not a field. The fields are: %(fields)s.",
            "%(found)s are not fields. The fields are: %(fields)s.",
            len(found),
        )
        % {"found": ", ".join(token[:40] for token in list(found)[:10]), "fields": ", ".join(sorted(known))}
    ]
