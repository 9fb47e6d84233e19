"""The text of a PDF by PDFium: lines in reading order, each with its page; scripts and links are never followed.

Example: a page of two columns gives the lines of the left one, a blank line, and those of the right one.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi
from statistics import median
from typing import Any

from zhfacts.inputs.base import Fault, Limits, Made, RefusedError, extra, text_lines
from zhfacts.inputs.columns import Run, lines

PASSWORD = 4
"""PDFium's error for a file that opens only with a password (FPDF_ERR_PASSWORD)."""
SPLIT = 0.6
"""Ems of white that end a run: columns may lie as near as this."""
LOW = 0.5
"""Ems by which a character may stand above, below or over the one before and still be of its run."""
THIN = 0.01
"""Width below which PDFium passes over a text object."""
FLAT = 0.3
"""Share of the height of the characters beside it below which a sign is a dash that fills no line by itself."""
HYPHEN = "\x02"
"""PDFium's sign for a hyphen at the end of a line."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


def made(raw: bytes, limits: Limits) -> Made:
    """Lines of all pages with their pages; RefusedError for a broken or encrypted file, and one without text."""
    pdfium = extra("pypdfium2", "pdf")
    try:
        document = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        if error.err_code == PASSWORD:
            raise RefusedError("encrypted", "It opens only with a password") from error
        raise RefusedError("bad_pdf", f"Not a PDF that can be read ({error})") from error
    try:
        if len(document) > limits.max_pages:
            raise RefusedError("too_large", f"{len(document)} pages, and at most {limits.max_pages} are read")
        return _pages(document, limits)
    finally:
        document.close()


def _pages(document: Any, limits: Limits) -> Made:
    """Lines of all pages; a page that cannot be read, or shows but a picture of text, is a fault of its own."""
    found: list[str] = []
    pages: list[int | None] = []
    faults: list[Fault] = []
    size = 0
    for number in range(1, len(document) + 1):
        text, fault = _page(document, number)
        faults += [fault] if fault else []
        found += text
        pages += [number] * len(text)
        size += sum(map(len, text))
        if size > limits.max_bytes:
            raise RefusedError("too_large", f"More than {limits.max_bytes} characters, and no more are read")
    if not any(line.strip() for line in found):
        what = f"None of its {len(document)} page(s) holds text; they may be pictures of text"
        raise RefusedError(*(faults[0] if faults and faults[0][0] == "bad_pdf" else ("no_text", what)))
    return Made(found, pages, faults)


def _page(document: Any, number: int) -> tuple[list[str], Fault | None]:
    """Lines of one page, and what is wrong with it."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw as c

    try:
        page = document[number - 1]
        try:
            return _read(c, page, number)
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        return [], ("bad_pdf", f"Page {number} cannot be read ({error})")


def _read(c: Any, page: Any, number: int) -> tuple[list[str], Fault | None]:
    """Lines of a page that could be opened; a picture alone, or letters that no one knows, are a fault."""
    text = page.get_textpage()
    try:
        chars = list(_characters(c, text))
        turns = Counter(char.turns for char in chars if char.box).most_common(1)
        turned = turns[0][0] if turns else 0
        runs = _runs(chars, turned)
        if _is_downwards(runs):  # the order of the file, which PDFium keeps, is the best there is
            return [*text_lines(text.get_text_range()), ""], None
    finally:
        text.close()
    if not runs:
        pictures = any(page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        seen = "no_text", f"Page {number} is a picture without text"
        return [], seen if pictures else _fault(c, page, number, chars)
    _, bottom, _, top = _turn(page.get_bbox(), turned)
    return [" ".join(text_lines(line)) for line in lines(runs, (bottom, top))], _fault(c, page, number, chars)


def _fault(c: Any, page: Any, number: int, chars: Sequence[_Char]) -> Fault | None:
    """What is wrong with a page that has text: letters that no one knows, or that PDFium passes over."""
    unknown = sum(not char.known for char in chars)
    what = f"Page {number} names the letters of only {len(chars) - unknown} of {len(chars)} signs; others may be wrong"
    if 2 * unknown > len(chars):
        return "no_text", what
    # PDFium gives no text of an object without width: a character by itself in a font that is nowhere to be had
    thin = (each for each in page.get_objects(filter=[c.FPDF_PAGEOBJ_TEXT], max_depth=3) if _is_thin(each))
    lost = sum(not each.get_font().is_embedded for each in thin)
    what = f"Page {number} has {lost} sign(s) by themselves in fonts that are not in the file, which cannot be read"
    return ("bad_pdf", what) if lost else None


def _is_thin(words: Any) -> bool:
    left, _, right, _ = words.get_bounds()
    return bool(right - left < THIN)


@dataclass(frozen=True, slots=True)
class _Char:
    """A character as PDFium gives it; white space has no box. `turns`: quarter turns that set it upright."""

    text: str
    box: Box | None = None
    turns: int = 0
    known: bool = True


def _characters(c: Any, text: Any) -> Iterator[_Char]:
    """Characters in the order of the file."""
    half = 0
    for i in range(text.count_chars()):
        code = c.FPDFText_GetUnicode(text, i)
        if 0xD800 <= code < 0xDC00:  # the first half of a character beyond U+FFFF
            half = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((half - 0xD800) << 10) + (code - 0xDC00) if half else 0xFFFD
        half = 0
        char = "-" if chr(code) == HYPHEN else chr(code)
        if char.isspace() or c.FPDFText_IsGenerated(text, i) == 1:
            yield _Char(" ")
        elif code not in (0, 0xFFFE, 0xFFFF):
            turns = round(-c.FPDFText_GetCharAngle(text, i) / (pi / 2)) % 4
            yield _Char(char, _box(c, text, i), turns, c.FPDFText_HasUnicodeMapError(text, i) != 1)


def _box(c: Any, text: Any, i: int) -> Box:
    """The rectangle of a character, as high as its font."""
    box = c.FS_RECTF()
    c.FPDFText_GetLooseCharBox(text, i, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _turn(box: Box, turns: int) -> Box:
    """A rectangle after quarter turns to the right."""
    left, bottom, right, top = box
    for _ in range(turns):
        left, bottom, right, top = bottom, -right, top, -left
    return left, bottom, right, top


def _runs(found: Sequence[_Char], turns: int) -> list[Run]:
    """Runs of a page in the order of the file, the page turned so that its usual text stands upright."""
    runs: list[Run] = []
    chars: list[str] = []
    frame: Box = (0.0, 0.0, 0.0, 0.0)
    for char in found:
        if char.box is None:
            chars += [" "] if chars and chars[-1] != " " else []
            continue
        box = _turn(char.box, turns)
        if chars and not _follows(frame, box):
            runs += _run(chars, frame)
            chars = []
        if chars[-1:] == [" "] and not (chars[-2].isascii() and char.text.isascii()):
            chars.pop()  # Chinese text has no spaces; PDFium makes some of what justifies a line
        frame = (frame[0], min(frame[1], box[1]), max(frame[2], box[2]), max(frame[3], box[3])) if chars else box
        chars.append(char.text)
    return [*runs, *_run(chars, frame)]


def _run(chars: list[str], frame: Box) -> list[Run]:
    """A run, unless it is blank."""
    text = "".join(chars).strip()
    return [Run(text, *frame)] if text else []


def _follows(frame: Box, box: Box) -> bool:
    """Whether a character goes on with the run before it: on its line, behind it, and near."""
    low, high = sorted((frame[3] - frame[1], box[3] - box[1]))
    height = max(high if low < FLAT * high else low, 0.01)
    if abs((frame[1] + frame[3]) / 2 - (box[1] + box[3]) / 2) > LOW * height:
        return False
    return -LOW * height <= box[0] - frame[2] <= SPLIT * height


def _is_downwards(runs: list[Run]) -> bool:
    """Whether most runs are single characters one below the other."""
    return len(runs) > 20 and median(len(run.text) for run in runs) == 1
