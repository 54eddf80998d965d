"""A file is what its content is; its name is only a name."""

import io
import zipfile

import pytest
import xlsxwriter

from core.file_kinds import CONTENT_TYPES, kind_of, safe_name

TYPES = "[Content_Types].xml"


def archive(*names, mimetype=None):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "<xml/>")
    return packed.getvalue()


def workbook():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet().write(0, 0, "Hello")
    return content.getvalue()


OPEN = "application/vnd.oasis.opendocument"
TRUE = [
    (b"%PDF-1.7\n...", "pdf"),
    (b"\x89PNG\r\n\x1a\n....", "png"),
    (b"\xff\xd8\xff\xe0....", "jpg"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
    (archive(TYPES, "word/document.xml"), "docx"),
    (workbook(), "xlsx"),
    (archive(TYPES, "ppt/presentation.xml"), "pptx"),
    (archive(TYPES, "xl/workbook.xml", "xl/printerSettings/printerSettings1.bin"), "xlsx"),
    (archive("content.xml", mimetype=f"{OPEN}.text"), "odt"),
    (archive("content.xml", mimetype=f"{OPEN}.spreadsheet"), "ods"),
    ("Grüße, alle zusammen\n".encode(), "txt"),
    ("\ufeffDate\tWhat\n".encode(), "txt"),
]
REFUSED = {
    "nothing": b"",
    "blanks": b"  \n",
    "program": b"MZ\x90\x00\x03\x00\x00\x00",
    "elf": b"\x7fELF\x02\x01\x01",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page": b"\n\xef\xbb\xbf <!doctype html><script>alert(1)</script>",
    "page with a mark": b"\xef\xbb\xbf<html>",
    "rich text": b"{\\rtf1 ...}",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "not utf-8": b"caf\xe9 \x81",
    "binary": b"text \x00 text",
    "plain archive": archive("readme.txt"),
    "java": archive("META-INF/MANIFEST.MF"),
    "macros": archive(TYPES, "word/document.xml", "word/vbaProject.bin"),
    "macros of open documents": archive("Basic/Standard/script.xml", mimetype=f"{OPEN}.text"),
    "scripts": archive("Scripts/python/x.py", mimetype=f"{OPEN}.text"),
    "embedded program": archive(TYPES, "word/document.xml", "word/embeddings/oleObject1.bin"),
    "two at once": archive(TYPES, "word/document.xml", "xl/workbook.xml"),
    "open document of another kind": archive("content.xml", mimetype=f"{OPEN}.graphics"),
    "long declaration": archive("content.xml", mimetype="x" * 200_000),
    "too many parts": archive(TYPES, "word/document.xml", *(f"{n}.xml" for n in range(5_001))),
    "broken archive": workbook()[:-40],
}


@pytest.mark.parametrize(("content", "kind"), TRUE, ids=[f"{kind}-{n}" for n, (_content, kind) in enumerate(TRUE)])
def test_kind_is_told_by_content_whatever_the_name(content, kind):
    assert [kind_of(content, name) for name in ("a", "evil.html", f"right.{kind}", "../x.exe")] == [kind] * 4


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_whatever_is_not_on_the_list_is_refused_under_every_name(content):
    assert {kind_of(content, f"file.{ending}") for ending in CONTENT_TYPES} == {""}


def test_name_tells_only_a_table_from_plain_text():
    assert [kind_of(b"a,b\n1,2\n", name) for name in ("x.csv", "x.CSV", "x.txt", "x.pdf")] == [
        "csv",
        "csv",
        "txt",
        "txt",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("Agenda.pdf", "pdf", "Agenda.pdf"),
        ("Agenda.PDF", "pdf", "Agenda.pdf"),
        ("photo.jpeg", "jpg", "photo.jpg"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf.exe.pdf"),
        ("page.html", "txt", "page.html.txt"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.txt", "txt", "notes.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "txt", "a Set-Cookie x=1.txt"),
        ("gpj.\u202eexe.pdf", "pdf", "gpj. exe.pdf"),
        ('<img src=x onerror="alert(1)">.png', "png", "img src=x onerror= alert(1).png"),
        (".htaccess", "txt", "htaccess.txt"),
        ("...", "pdf", "file.pdf"),
        ("", "pdf", "file.pdf"),
        ("Ordre du jour – été.pdf", "pdf", "Ordre du jour – été.pdf"),
        ("x" * 300, "pdf", "x" * 120 + ".pdf"),
    ],
)
def test_name_of_a_download_is_harmless_and_says_what_the_file_is(name, kind, safe):
    assert safe_name(name, kind) == safe
