"""A document's text by its lines, as lines.parquet holds them, and where an annotated expression stands in it.

Example: in a line 营业收入达到57, followed by 84亿元, the expression 5784亿元 is found across the break.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate

Span = tuple[int, int]
"""Start and end in the page's text, in characters, end exclusive."""


def squeezed(text: str) -> str:
    """Text without its white space, as annotation writes expressions."""
    return "".join(text.split())


class Page:
    """The text of one document; lines that the tables do not hold are empty."""

    def __init__(self, lines: Mapping[int, str]) -> None:
        self.lines = [lines.get(number, "") for number in range(1, max(lines, default=0) + 1)]
        self.text = "\n".join(self.lines)
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.black = [place for place, c in enumerate(self.text) if not c.isspace()]
        self.flat = "".join(self.text[place] for place in self.black)

    def at(self, line: int, column: int) -> int:
        """The character at a column of a line."""
        return self.starts[line - 1] + column

    def line_of(self, place: int) -> int:
        """The line on which a character stands."""
        return bisect_right(self.starts, place)

    def span(self, line: int, text: str, occ: int) -> Span | None:
        """The `occ`-th place of an expression from the beginning of a line on; white space counts nothing."""
        if not (1 <= line <= len(self.lines) and text and occ > 0):
            return None
        found = bisect_left(self.black, self.starts[line - 1]) - 1
        for _ in range(occ):
            found = self.flat.find(text, found + 1)
            if found < 0:
                return None
        return self.black[found], self.black[found + len(text) - 1] + 1

    def occurrence(self, line: int, text: str, start: int) -> int:
        """Which occurrence of an expression, from the beginning of the line on, begins at `start`; else 1."""
        at, end = bisect_left(self.black, self.starts[line - 1]), bisect_left(self.black, start)
        count = 0
        while text and 0 <= (at := self.flat.find(text, at)) <= end:
            count += 1
            if at == end:
                return count
            at += 1
        return 1
