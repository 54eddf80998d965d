"""Plain text with paragraphs and lists, as people type it: read into blocks, which a template places and escapes."""

import re
from dataclasses import dataclass

LIST_MARK = re.compile(r"[-*•–]\s+")


@dataclass(frozen=True)
class Block:
    """A paragraph or a list; its lines, or its items, without the marks."""

    is_list: bool
    lines: tuple[str, ...]


def blocks(text):
    """The text as Blocks: an empty line ends a paragraph, and lines that begin with a hyphen, a star or a dot are a list."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for line in filter(None, map(str.strip, paragraph.split("\n"))):
            mark = LIST_MARK.match(line)
            words = line[mark.end() :] if mark else line
            if found and found[-1] is not None and found[-1][0] == bool(mark):
                found[-1][1].append(words)
            else:
                found.append((bool(mark), [words]))
        found.append(None)
    return [Block(is_list, tuple(lines)) for is_list, lines in filter(None, found)]
