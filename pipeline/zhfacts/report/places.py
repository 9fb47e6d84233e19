"""From bytes of the text stream to the lines and columns that a browser counts.

Example: in 𠮷林投资5亿元 the 5 stands at column 4, in a browser at 5: it counts 𠮷 as two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

from zhfacts.documents import encode

WIDE: Final = "\uffff"
"""Characters behind this one are two units of UTF-16."""
STRIDE: Final = 256
"""Characters between two whose byte and unit are remembered, so that a line of a million is measured once."""

Place = tuple[int, int, int, int]
"""Line and column of the first character, line and column behind the last one; columns in units of UTF-16."""


class Places:
    """The lines of one document, asked for places."""

    def __init__(self, lines: Sequence[dict[str, Any]], encoding: str) -> None:
        self._lines, self._encoding = lines, encoding
        self._starts = [line["byte_start"] for line in lines]
        self._measured: dict[int, tuple[list[int], list[int]]] = {}

    def column(self, line: int, column: int) -> int:
        """A column of the tables in units of UTF-16."""
        text = self._lines[line - 1]["text"]
        if text.isascii():
            return column
        step = column // STRIDE
        return self._marks(line)[1][step] + _units(text[step * STRIDE : column])

    def span(self, start: int | None, end: int | None) -> Place | None:
        """Where the bytes from start to end stand; None where the tables do not say."""
        if start is None or end is None or not self._lines:
            return None
        return (*self._at(start), *self._at(end))

    def _at(self, byte: int) -> tuple[int, int]:
        """Line and column of a byte."""
        line = max(bisect_right(self._starts, byte), 1)
        text, bytes_of = self._lines[line - 1]["text"], self._marks(line)[0]
        step = max(min(bisect_right(bytes_of, byte), len(bytes_of) - 1) - 1, 0)
        near = text[step * STRIDE : (step + 1) * STRIDE]
        further = bisect_left(range(len(near)), byte - bytes_of[step], key=lambda n: self._size(near[:n]))
        return line, self.column(line, step * STRIDE + further)

    def _marks(self, line: int) -> tuple[list[int], list[int]]:
        """Byte and unit of every so many characters of a line."""
        if line not in self._measured:
            text = self._lines[line - 1]["text"]
            found = [self._starts[line - 1]], [0]
            for at in range(0, len(text), STRIDE):
                part = text[at : at + STRIDE]
                found[0].append(found[0][-1] + self._size(part))
                found[1].append(found[1][-1] + _units(part))
            self._measured[line] = found
        return self._measured[line]

    def _size(self, text: str) -> int:
        return len(encode(text, self._encoding))


def _units(text: str) -> int:
    """Units of UTF-16 that a text takes."""
    return len(text) + sum(character > WIDE for character in text)
