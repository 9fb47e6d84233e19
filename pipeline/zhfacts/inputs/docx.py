"""The text of a .docx: paragraphs, tables as lines of cells with tabs between, notes at the end.

Example: a table's row 产量 | 57万吨 is the line 产量<TAB>57万吨.
Nothing is fetched or executed: entities and links stay unresolved, macros and embedded objects unread.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from zhfacts.inputs.base import Limits, Made, RefusedError, extra, text_lines

MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old .doc files begin so, and .docx files with a password."""
GONE = {FALLBACK, *(MAIN + name for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText"))}
"""What is not shown: a second form of what stands beside it, deletions, properties, field codes."""
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
NOTES = ("footnotes", "endnotes")
DEEPEST = 200
ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")
"""Differs from run to run."""


def made(raw: bytes, limits: Limits) -> Made:
    """Lines of a document, a blank one behind each paragraph and table; RefusedError where it is none."""
    docx = extra("docx", "docx")
    _check(raw, limits)
    try:
        document = docx.Document(io.BytesIO(raw))
        lines = [*_blocks(document.element.body)]
        for part in _notes(document):
            lines += _blocks(part)
    except RefusedError:
        raise
    # lxml, zipfile and python-docx each have errors of their own, and AttributeError where a part is not as expected
    except Exception as error:
        why = ADDRESS.sub("", f"{type(error).__name__}: {error}")
        raise RefusedError("bad_docx", f"Not a .docx that can be read ({why})") from error
    if not any(line.strip() for line in lines):
        raise RefusedError("empty", "No text in its paragraphs and tables")
    return Made(lines)


def _check(raw: bytes, limits: Limits) -> None:
    """Refuse what is no zip, has a password, or would fill the memory once unpacked."""
    if raw.startswith(OLE):
        raise RefusedError("encrypted", "It has a password, or is an old .doc file (save it as .docx then)")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > limits.max_bytes or len(entries) > 10_000:
                what = f"{size} bytes in {len(entries)} parts once unpacked, and at most {limits.max_bytes} are read"
                raise RefusedError("too_large", what)
            if any(entry.flag_bits & 1 for entry in entries):
                raise RefusedError("encrypted", "The parts in this zip file have a password")
            if broken := archive.testzip():
                raise RefusedError("bad_docx", f"Part {broken} is broken")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise RefusedError("bad_docx", f"Not a whole zip file ({error})") from error


def _notes(document: Any) -> Iterator[Any]:
    """The parts that hold footnotes and endnotes, as XML."""
    from docx.oxml import parse_xml

    for kind in NOTES:
        for relation in document.part.rels.values():
            if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
                yield from parse_xml(relation.target_part.blob)


def _blocks(parent: Any, depth: int = 0) -> Iterator[str]:
    """Lines of the paragraphs and tables below an element, in order; a blank one behind each block."""
    if depth > DEEPEST:
        raise RefusedError("bad_docx", f"Its parts lie more than {DEEPEST} deep in each other")
    for element in parent:
        if element.tag == f"{MAIN}p":
            yield from (line.rstrip() for line in text_lines(_text(element)))
            yield ""
            for box in _boxes(element):
                yield from _blocks(box, depth + 1)
        elif element.tag == f"{MAIN}tbl":
            yield from (_row(row) for row in _within(element, "tr"))
            yield ""
        elif isinstance(element.tag, str) and element.tag not in GONE:
            yield from _blocks(element, depth + 1)  # content controls, insertions


def _row(row: Any) -> str:
    """A table's row as one line, cells parted by tabs; what lies in a cell becomes one line."""
    cells = (" ".join(" ".join(_blocks(cell)).split()) for cell in _within(row, "tc"))
    return "\t".join(cells)


def _within(parent: Any, name: str) -> Iterator[Any]:
    """Elements of a name below a table or row, but not those of a table inside."""
    for element in parent:
        if element.tag == MAIN + name:
            yield element
        elif isinstance(element.tag, str) and element.tag not in GONE and not element.tag.endswith("Pr"):
            yield from _within(element, name)


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Text boxes anchored in a paragraph, but not those inside of others or in a second form."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{MAIN}txbxContent":
            yield element
        elif isinstance(element.tag, str) and element.tag not in GONE:
            waiting += reversed(element)


def _text(paragraph: Any) -> str:
    """The characters of a paragraph as shown, text boxes left out."""
    parts: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in GONE or element.tag == f"{MAIN}txbxContent":
            continue
        name = element.tag.removeprefix(MAIN)
        if name == "t":
            parts.append(element.text or "")
        parts.append(SIGNS.get(name, ""))
        waiting += reversed(element)
    return "".join(parts)
