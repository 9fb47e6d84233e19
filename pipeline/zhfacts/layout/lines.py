"""What one line looks like on the page: its width, its run, whether it is running text.

Example: 出口增长8.7%，创下新高。 takes 23 columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhfacts.documents import Role

SENTENCE = 36
"""Columns from which the first of two lines is running text that goes on in the second."""
TERMINAL = "。！？；…”」』"
"""Signs at which a sentence may end."""
STOPS = frozenset("。！？；，")
"""Signs of which a hard-wrapped paragraph holds one at least."""
ENDS = frozenset("。！？；")
"""Signs that end a sentence within a line."""
PARAGRAPH = 45
"""Characters from which a line by itself is running text."""
SHORTEST_SENTENCE = 6
"""Characters of the shortest line that is a sentence by itself."""
REACH = 3
"""Lines within which the nearest one that is not blank is looked for."""
EVEN = 14
"""Characters of the shortest line that may be full by its number of characters."""
MARKS = frozenset("“”‘’")
MARK = re.compile("[“”‘’]")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A line's role and the row that gave it ("" for body and heading)."""

    role: Role
    rule: str = ""


def runs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Runs [first, last) of lines without a blank one between."""
    found, first = [], None
    for i, text in enumerate(texts):
        if text and not text.isspace():
            if first is None:
                first = i
        elif first is not None:
            found.append((first, i))
            first = None
    return found if first is None else [*found, (first, len(texts))]


def width(text: str) -> int:
    """Columns that a line takes on the page: two for a Han character or quotation mark, one for a Latin one."""
    return widths(text)[1]


def widths(text: str) -> tuple[int, int]:
    """Columns of a line, spaces left out, with quotation marks of one column and of two: printers do either."""
    tight = "".join(text.split())
    columns = 2 * len(tight) - len(tight.encode("ascii", "ignore"))
    marks = sum(map(tight.count, MARKS)) if MARK.search(tight) else 0
    return columns - marks, columns


def is_cut(sizes: Sequence[int]) -> bool:
    """Whether lines of so many characters are a text cut after a number of them: all alike but for a shorter last."""
    return len(sizes) >= 3 and sizes[0] >= EVEN and sizes[-1] <= sizes[0] and all(n == sizes[0] for n in sizes[:-1])


def is_column(texts: Sequence[str]) -> bool:
    """Whether a run is a hard-wrapped column: lines of about one width, or two, a long open one and its end."""
    widths = [width(t) for t in texts]
    if len(widths) == 2:
        return widths[0] >= max(widths[1], SENTENCE) and texts[0][-1] not in TERMINAL
    widest = max(widths)
    return widest > 16 and sum(w >= widest - 6 for w in widths) >= 0.6 * len(widths)


def _is_broken(texts: Sequence[str]) -> bool:
    """Whether a sentence runs over a line end: an open line, and an end of a sentence within a line."""
    return texts[0][-1] not in TERMINAL and any(not ENDS.isdisjoint(text[:-1]) for text in texts)


class Lines:
    """The lines of a document, and where they are hard-wrapped columns or running text.

    Running text are long lines, those of a column in which a sentence stops, and those of a paragraph that is broken
    in mid-sentence.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = [text.strip() for text in texts]
        self.sizes = [len(text) for text in texts]
        self.in_column = [False] * len(self.texts)
        self.running = [len(text) >= PARAGRAPH for text in self.texts]
        self.columns: list[tuple[int, int]] = []
        for first, last in runs(self.texts):
            if last - first > 1:
                self._add_run(first, last)

    def _add_run(self, first: int, last: int) -> None:
        texts, every = self.texts[first:last], [True] * (last - first)
        column = is_column(texts) or is_cut(self.sizes[first:last])
        if column:
            self.columns.append((first, last))
            self.in_column[first:last] = every
        stops = any(not STOPS.isdisjoint(text) for text in texts)
        if stops and (column or (_is_broken(texts) and sum(map(len, texts)) >= PARAGRAPH)):
            self.running[first:last] = every

    def says(self, i: int) -> bool:
        """Whether a line is running text or a short sentence by itself."""
        text = self.texts[i].rstrip("”’」』")
        return self.running[i] or (text[-1:] in ("。", "？") and len(text) >= SHORTEST_SENTENCE)

    def above(self, i: int) -> str:
        """The nearest line above that is not blank; "" where there is none close by."""
        return next((t for t in reversed(self.texts[max(0, i - REACH) : i]) if t), "")

    def below(self, i: int) -> str:
        """The nearest line below that is not blank; "" where there is none close by."""
        return next((t for t in self.texts[i + 1 : i + 1 + REACH] if t), "")

    def text_below(self, i: int) -> bool:
        """Whether the nearest line below that is not blank is running text."""
        near = range(i + 1, min(len(self.texts), i + 1 + REACH))
        return next((self.running[j] for j in near if self.texts[j]), False)
