"""Where the characters of the text made of an HTML page lie in its file, bytes of their tags and entities included.

Example: of <p>5<b>7</b>万吨 the 7 lies at bytes [7, 8), 57 at [3, 8).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from codecs import getincrementaldecoder
from collections.abc import Sequence
from operator import itemgetter

from zhfacts.inputs import marks
from zhfacts.inputs.marks import Run

Span = tuple[int, int]
Stretch = tuple[int, int, int, int]
"""Column of its first character, how many there are, the first one's place in the page, how much each takes there."""
Ink = Sequence[tuple[int | None, str]]
"""Ink of a line in order, each with the number of its run in the page."""
STRIDE = 512
"""Bytes from one character whose place is remembered to the next."""
_column = itemgetter(0)


class Offsets:
    """The bytes of a file at which the characters of its text begin."""

    def __init__(self, raw: bytes, text: str, encoding: str, mark: int) -> None:
        self._raw, self._text = raw, text
        self._encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        self._chars, self._bytes = array("q", [0]), array("q", [mark])
        self._known = True
        try:
            self._walk(mark)
        except (UnicodeError, LookupError):  # encodings that cannot be read piece by piece, such as UTF-16 unmarked
            self._known = False

    def _walk(self, mark: int) -> None:
        """Remember where characters begin, one every STRIDE bytes."""
        decoder, chars = getincrementaldecoder(self._encoding)("replace"), 0
        for at in range(mark, len(self._raw), STRIDE):
            chunk = self._raw[at : at + STRIDE]
            chars += len(decoder.decode(chunk))
            self._chars.append(chars)
            self._bytes.append(at + len(chunk) - len(decoder.getstate()[0]))

    def at(self, char: int) -> int | None:
        """The byte at which a character begins; None close behind bytes that are not of the encoding."""
        if not self._known:
            return None
        k = bisect_right(self._chars, char) - 1
        before = self._text[self._chars[k] : char].encode(self._encoding, "replace")
        start = self._bytes[k]
        return start + len(before) if self._raw.startswith(before, start) else None


class Origins:
    """For the lines of a text made of a page, where their characters lie in its file."""

    def __init__(self, lines: Sequence[tuple[str, Ink]], page: str, runs: Sequence[Run], offsets: Offsets) -> None:
        self._offsets = offsets
        self._lines = [_stretches(text, ink, page, runs) for text, ink in lines]
        self._edges = [_edges(text) for text, _ in lines]

    def of(self, number: int, column: int) -> Span | None:
        """Bytes of the character at a column of a line (from 1); None for white space, and where it is not known."""
        stretches = self._lines[number - 1]
        k = bisect_right(stretches, column, key=_column) - 1
        if k < 0:
            return None
        first, count, source, width = stretches[k]
        if column >= first + count:
            return None
        source += column - first if width == 1 else 0
        start, end = self._offsets.at(source), self._offsets.at(source + width)
        return None if start is None or end is None else (start, end)

    def line(self, number: int) -> Span | None:
        """Bytes from the first character of a line that is no white space to its last."""
        first, last = (self.of(number, column) for column in self._edges[number - 1])
        return (first[0], last[1]) if first and last else None


def _edges(text: str) -> Span:
    """Columns of the first and the last character of a line that are ink."""
    inked = marks.ink(text)
    return (text.index(inked[0]), text.rindex(inked[-1])) if inked else (-1, -1)


def _stretches(line: str, ink: Ink, page: str, runs: Sequence[Run]) -> list[Stretch]:
    """Where the characters of a line come from; nothing where the parser has changed their order."""
    found: list[Stretch] = []
    at = 0
    for number, text in ink:
        pieces = [*marks.pieces(page, runs[number])] if number is not None and number < len(runs) else []
        if "".join(piece for piece, _, _ in pieces) != text:
            at = _behind(line, at, text)
            continue
        for piece, source, width in pieces:
            at = line.index(piece, at)
            found.append((at, len(piece), source, width))
            at += len(piece)
    places = [source for _, _, source, _ in found]
    return found if places == sorted(places) else []


def _behind(line: str, at: int, ink: str) -> int:
    """The column behind ink whose place is not known."""
    for char in ink:
        at = line.index(char, at) + 1
    return at
