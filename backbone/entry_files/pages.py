"""What the pages of files of entries say, by kind. No database."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from backbone.entry_files import KINDS


@dataclass(frozen=True)
class Page:
    """`listed` is the name of the address of the list, `needed` says what a row is and has, `same` when one is there."""

    title: str
    listed: str
    back: str
    sheet: str
    needed: str
    same: str


PAGES = {
    "evidence": Page(
        title=_("Import evidence entries"),
        listed="backbone:evidence-list",
        back=_("Evidence"),
        sheet=_("Evidence"),
        needed=_(
            "One row for each entry. Several partners or target audiences are separated by semicolons. People are a number like 120, or a range like 100 to 150. An entry without a link and without somebody who confirmed it is imported, and counted once it has a source."
        ),
        same=_("of the same day, kind and title"),
    ),
    "policy": Page(
        title=_("Import policy"),
        listed="backbone:policy-list",
        back=_("Policy"),
        sheet=_("Policy"),
        needed=_(
            "One row for each stage that a policy reached. Rows of the same policy and jurisdiction become one policy with several stages. A policy that is here already keeps what it says and gets the stages that are missing."
        ),
        same=_("of the same policy, stage and day"),
    ),
    "resources": Page(
        title=_("Import resources"),
        listed="backbone:resource-list",
        back=_("Resources"),
        sheet=_("Resources"),
        needed=_(
            "One row for each amount of money or help in kind, with at least one day. From is a partner or any other name. Amounts are written like 1234.50, without a separator of thousands; help in kind may have none."
        ),
        same=_("of the same purpose, giver, amount and first day"),
    ),
}


def columns(kind):
    """(header, whether every row needs it, its choices in words) of each column."""
    file = KINDS[kind].FILE
    return [
        (
            headers[0],
            column in file.required,
            ", ".join(words[0] for words in file.choices.get(column, {}).values()),
        )
        for column, headers in file.headers.items()
    ]
