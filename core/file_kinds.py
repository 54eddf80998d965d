"""What a file is, told from its content and never from its name: a short list of kinds, and nothing else passes.

Only beginnings and tables of contents are read. Nothing is unpacked, drawn or run, so that a file can do no harm here;
what it does on the machine of somebody who opens it is held small by leaving out whatever carries programs (macros,
markup, pictures made of markup).
"""

import io
import re
import zipfile

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
OTHER_ENDINGS = {"jpeg": "jpg", "text": "txt"}
BEGINNINGS = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
ARCHIVE = b"PK\x03\x04"
# The part that each kind of Office document cannot be without.
MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
OPEN_DOCUMENTS = {CONTENT_TYPES[kind].encode(): kind for kind in ("odt", "ods")}
MOST_PARTS = 5_000
PROGRAMS = re.compile(r"vbaproject|\.bin$|(^|/)(basic|scripts|activex)/", re.I)
# Printed pages are kept in documents as settings of the printer: binary, and no program.
HARMLESS = re.compile(r"(^|/)printerSettings\d*\.bin$", re.I)
UNPRINTED = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MARKUP = re.compile(r"[\s\ufeff]*(<|\{\\rtf)")
# Characters that a file name must not hold on some system, the separators of folders among them.
UNNAMED = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"*/:<>?\\|]+')
LONGEST_NAME = 120


def kind_of(content: bytes, name: str) -> str:
    """A key of CONTENT_TYPES, or "" where the content is of no kind on the list. The name only tells CSV from plain text."""
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(ARCHIVE):
        return _document(content)
    if not _is_text(content):
        return ""
    return "csv" if ending_of(name) == "csv" else "txt"


def _document(content):
    """Of an archive: which document it is by its table of contents; "" for any other, and for one that carries programs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > MOST_PARTS or any(PROGRAMS.search(name) and not HARMLESS.search(name) for name in names):
                return ""
            if "[Content_Types].xml" in names:
                kinds = {kind for part, kind in MAIN_PARTS.items() if part in names}
                return kinds.pop() if len(kinds) == 1 else ""
            return OPEN_DOCUMENTS.get(_declared(archive, names), "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return ""


def _declared(archive, names):
    """What an OpenDocument says first that it is: stored as it is, in a part of a few bytes."""
    if names[:1] != ["mimetype"] or archive.getinfo("mimetype").file_size > 100:
        return b""
    return archive.read("mimetype")


def _is_text(content):
    """Text in UTF-8 that is no markup: a page or a drawing in the clothes of a text would run once it is renamed."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not UNPRINTED.search(text) and not MARKUP.match(text)


def ending_of(name: str) -> str:
    """The ending in small letters, "" without one."""
    stem, dot, ending = name.rpartition(".")
    ending = ending.lower()
    return OTHER_ENDINGS.get(ending, ending) if dot and stem else ""


def safe_name(name: str, kind: str) -> str:
    """A name for a download: no folders, nothing that cannot be seen, and always the ending of what the file is."""
    last = UNNAMED.sub(" ", re.split(r"[/\\]", name)[-1])
    plain = " ".join(last.split()).strip(". ")
    stem = plain.rpartition(".")[0] if ending_of(plain) == kind else plain
    return f"{stem.strip('. ')[:LONGEST_NAME].strip('. ') or 'file'}.{kind}"
