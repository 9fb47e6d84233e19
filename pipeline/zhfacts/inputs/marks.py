"""Marks that lead the text of an HTML page back to its place: set before the page is parsed, taken out behind it.

Example: <p>增长<b>8.7</b>% has three runs of text, 增长, 8.7 and %, and a mark before each.
A mark is made of noncharacters, which no text has; those that the page brings along are made another one first. It
stands before the first character that is no white space, for there it changes nothing in how a page is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from itertools import product

Run = tuple[int, int]
"""A stretch of text between two tags: its first character that is no white space, and where the next tag begins."""
Piece = tuple[str, int, int]
"""Characters as read, the place of the first in the page, and how many there each of them takes: (中, 3, 8)."""
BLANK = "\t\n\f\r \xa0\ufeff"
"""What the reader of HTML changes or leaves out, besides signs that are no text; all else is ink."""
_SPACE = "\t\n\f\r "
_NO_INK = rf"{BLANK}\0-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff"
_PALE = re.compile(f"[{_NO_INK}]+")
_NUMERIC = "#(?:[0-9]++|[xX][0-9a-fA-F]++);?"
_SOURCE = re.compile(f"[^{_NO_INK}&]++|&(?:{_NUMERIC}|[a-zA-Z][a-zA-Z0-9]*+;?)?")
_ATTRIBUTE = (
    rf"[^{_SPACE}/>][^{_SPACE}/>=]*+"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+\"?|'[^']*+'?|[^{_SPACE}>]++)?)?"
)
# A comment, what is taken for one, or a tag, each to its end or that of the page, as the HTML standard cuts them.
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+>?"
    rf"|<(/?)([a-zA-Z][^{_SPACE}/>]*+)(?:[{_SPACE}/]++|{_ATTRIBUTE})*+>?",
    re.DOTALL,
)
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"})
"""Elements in which no tag begins before their own end."""
# White space to the parser, that written as a reference included; it passes over NUL.
_LEADING = re.compile(
    rf"(?:[{_SPACE}\0]|&(?:Tab|NewLine);|&#(?:0*+(?:9|1[023]|32)(?:;|(?![0-9]))"
    r"|[xX]0*+(?:9|[aAcCdD]|20)(?:;|(?![0-9a-fA-F]))))*+"
)
_DIGITS = tuple(map("".join, product(map(chr, range(0xFDD0, 0xFDF0)), repeat=2)))
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_MARK = re.compile("([\ufdd0-\ufdef]{6})")
_SIGN = re.compile("[\ufdd0-\ufdef]")
_SIGN_REFERENCE = re.compile(
    r"&#(?:0*+(?:6497[6-9]|649[89][0-9]|6500[0-7])(?![0-9])|[xX]0*+[fF][dD][dDeE][0-9a-fA-F](?![0-9a-fA-F]))"
)
_LONGEST_NAME = max(map(len, html5))


def marked(page: str) -> tuple[str, list[Run]]:
    """The page with a mark before each run of text, and the runs in the order of their numbers."""
    found = list(runs(page))
    clean, parts, at = _SIGN.sub("\ufffe", page), [], 0
    for number, (start, end) in enumerate(found):
        parts += [clean[at:start], _DIGITS[number >> 20], _DIGITS[number >> 10 & 1023], _DIGITS[number & 1023]]
        parts.append(_SIGN_REFERENCE.sub("&#65534", clean[start:end]))
        at = end
    return "".join([*parts, clean[at:]]), found


def runs(page: str) -> Iterator[Run]:
    """The runs of text of a page in order, but for white space alone; what stands in scripts or a title is none."""
    at = 0
    while at < len(page):
        found = _MARKUP.search(page, at)
        end = found.start() if found else len(page)
        leading = _LEADING.match(page, at, end)
        start = leading.end() if leading else at
        if start < end:
            yield start, end
        at = found.end() if found else end
        if found and found[2] and not found[1] and found[2].lower() in _RAW:
            at = _behind_raw(page, at, found[2].lower())


def _behind_raw(page: str, at: int, name: str) -> int:
    """Where the end tag of a raw element begins; the end of the page where it has none."""
    found = re.compile(rf"</{name}[{_SPACE}/>]", re.IGNORECASE).search(page, at) if name != "plaintext" else None
    return found.start() if found else len(page)


def taken(text: str) -> tuple[str, list[tuple[int | None, str]]]:
    """A text of the parsed page without its marks, and its ink by the number of the run it is (None: not known)."""
    before, *marks = _MARK.split(text)
    pieces: list[tuple[int | None, str]] = [(None, before)]
    for mark, piece in zip(marks[::2], marks[1::2], strict=True):
        number = _VALUES[mark[:2]] << 20 | _VALUES[mark[2:4]] << 10 | _VALUES[mark[4:]]
        pieces.append((number, piece))
    written = [(number, ink(piece)) for number, piece in pieces]
    return "".join(piece for _, piece in pieces), [each for each in written if each[1]]


def ink(text: str) -> str:
    """The characters of a text that stay as they are whatever is done to its white space."""
    return _PALE.sub("", text)


def pieces(page: str, run: Run) -> Iterator[Piece]:
    """The ink of a run with its places, references decoded."""
    at, end = run
    while found := _SOURCE.search(page, at, end):
        if found[0][0] != "&":
            yield found[0], found.start(), 1
            at = found.end()
            continue
        decoded, size = _reference(found[0])
        if text := ink(decoded):
            yield text, found.start(), size
        at = found.start() + size


def _reference(text: str) -> tuple[str, int]:
    """What &nbsp; or &#x4e2d; stands for and how much of the text it takes; an ampersand may stand for itself."""
    if text[1:2] == "#":
        digits = text.strip("&#xX;").lstrip("0")[:8]
        code = int(digits or "0", 16 if text[2] in "xX" else 10)
        return unescape(f"&#{code};") or chr(code), len(text)
    for end in range(min(len(text), _LONGEST_NAME + 1), 2, -1):
        if text[1:end] in html5:
            return html5[text[1:end]], end
    return "&", 1


def said(page: str) -> str:
    """The ink of a stretch of HTML that begins and ends in text: 5784 for 5<b>7</b>&#56;4."""
    return "".join(text for run in runs(page) for text, _, _ in pieces(page, run))
