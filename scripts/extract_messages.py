"""Bring locale/*/LC_MESSAGES/django.po in step with the code and the templates, without GNU gettext; translations are kept.

With --check nothing is written, and the exit code says whether a file would change.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LEFT_OUT = {".venv", "var", "tests", "bench", "scripts", "docs", "migrations"}


def python_of(path: Path) -> bytes:
    """The file as Python for Babel's extractor: Django turns a template's tags into calls, on the same lines."""
    text = path.read_text()
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # The template's indentation means nothing, but Python's tokenizer would trip over it.
        text = re.sub(r"(?m)^[ \t]+", "", templatize(text, origin=str(path)))
    return text.encode()


def sources(root: Path) -> list[Path]:
    found = [path for pattern in ("*.py", "*.html", "*.txt") for path in root.rglob(pattern)]
    kept = [path for path in found if not LEFT_OUT & set(path.relative_to(root).parts[:-1])]
    return sorted(path for path in kept if path.suffix == ".py" or "templates" in path.parts)


def template_catalog(root: Path) -> Catalog:
    catalog = Catalog()
    for path in sources(root):
        for _line, message, comments, context in extract(
            "python", io.BytesIO(python_of(path)), KEYWORDS, ["Translators:"]
        ):
            # Files without line numbers: a moved line is no change worth a diff.
            catalog.add(message, None, [(str(path.relative_to(root)), 0)], auto_comments=comments, context=context)
    return catalog


def updated(path: Path, template: Catalog) -> bytes:
    """The .po file at `path` with the messages of `template`; a translation no longer used stays as a comment until it is used again."""
    catalog = Catalog(locale=path.parent.parent.name)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
    # Babel looks for translations among the messages in use only: one that is used again would stand in the file twice.
    unused = [message for message in catalog.obsolete.values() if catalog.get(message.id, message.context) is None]
    catalog.obsolete.clear()
    for message in unused:
        catalog[message.id] = message
    catalog.update(template, no_fuzzy_matching=True)
    catalog.project, catalog.version, catalog.fuzzy = "Backbone", "", False
    catalog.header_comment = f"# Backbone, {catalog.locale.english_name}. Kept in step by `make messages`."
    out = io.BytesIO()
    write_po(out, catalog, width=100, include_lineno=False, sort_by_file=True, omit_header=False)
    dated = re.compile(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid).*\n', re.M
    )
    return dated.sub(b"", out.getvalue())


def main(check: bool = False) -> int:
    template = template_catalog(ROOT)
    behind = []
    for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po")):
        text = updated(path, template)
        if text != path.read_bytes():
            behind.append(path)
            if not check:
                path.write_bytes(text)
    for path in behind:
        print(f"{path.relative_to(ROOT)} {'is behind; run: make messages' if check else 'was updated.'}")
    return 1 if check and behind else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
