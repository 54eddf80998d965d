"""Compile locale/*/LC_MESSAGES/django.po to .mo with Babel, so that no GNU gettext is needed. Fuzzy entries are left out."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_file(source: Path) -> Path:
    """Write the .mo beside `source`, in one step, so that a running server never reads half of it."""
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    target = source.with_suffix(".mo")
    draft = target.with_suffix(".mo.part")
    with draft.open("wb") as file:
        write_mo(file, catalog)
    return draft.replace(target)


def main(names: list[str]):
    for source in [Path(name) for name in names] or sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        compile_file(source)


if __name__ == "__main__":
    main(sys.argv[1:])
