"""Lines of two columns that take turns in the text, parted and put in order: one column, then the other.

Example: 本报讯 远岚集团出口 | 本报讯 青梧县游客 | 增长8.7%。 | 增至3万人。 are two articles of two lines each.
They are looked for where by-lines or datelines follow each other line by line, as many as there are columns. Each
line goes to the column whose last line it can go on from; where the lines go on from each other as they stand, or
nothing on the page says which column is whose, they are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate, pairwise

from zhfacts.layout.articles import DATELINE, SIGNS
from zhfacts.layout.joins import ENDS, splits_number, starts_new
from zhfacts.layout.lines import Assigned, runs
from zhfacts.layout.roles import HEADING, NAMES, roles

MOST_COLUMNS = 4
LEAST = 2
"""Lines below its by-line or in its text that each column has at least."""
MARGIN = 3
"""By how much less strained the lines of columns must be than the lines as they stand."""
STRAINED, WIDER, BROKEN, WHOLE, SKIPPED = 3, 2, 1, -2, 1
"""What a sentence cut off, a line too wide, one that ends early, a number made whole and a turn passed over weigh."""
SLACK = (6, 3)
"""Columns of the page, and characters, by which lines of one column may differ: text is wrapped by one or the other."""
STATES = 16
"""Ways to part the lines that are followed at once."""
Width = tuple[int, int]
"""Columns of the page that a line takes, its indentation included, and its characters."""
Column = tuple[int, "Column | None"]
"""The last line of a column, and the column above it."""
INDENTS = ("\u3000\u3000", "  ")
PAUSES = frozenset("，、；：。！？,;:")
"""Signs behind which none of CLOSING can stand."""
CLOSING = frozenset("，、；：。！？）》%％,;:)")
"""Signs that begin a line only where the line above has left no room."""
BRACKETS = dict.fromkeys("“‘（《「『(", 1) | dict.fromkeys("”’）》」』)", -1)
ASIDE = frozenset({"caption", "advert", "contact", "furniture"})
"""Roles of lines that stand in a column or across all, and belong to none of the articles."""


@dataclass(frozen=True, slots=True)
class Order:
    """Indices of the lines as they are to be read, None for a blank line put in; and those that belong to no column."""

    lines: list[int | None]
    loose: frozenset[int]


def reading_order(texts: Sequence[str], assigned: Sequence[Assigned]) -> Order | None:
    """The order in which the lines are to be read; None where they stand in it."""
    opens = [_opens(text, a) for text, a in zip(texts, assigned, strict=True)]
    if not any(a and b for a, b in pairwise(opens)):
        return None
    order: list[int | None] = []
    loose: list[int] = []
    at = 0
    for first, last in runs(texts):
        columns = _parted(texts, assigned, opens, (first, last))
        if columns:
            order += [*range(at, first), *(i for column in columns for i in (None, *column))]
            left = sorted({*range(first, last)}.difference(*columns))
            order += [i for a, b in zip([-1, *left], left, strict=False) for i in ((b,) if a == b - 1 else (None, b))]
            order.append(None)
            loose += left
            at = last
    return Order([*order, *range(at, len(texts))], frozenset(loose)) if at else None


def _opens(text: str, assigned: Assigned) -> bool:
    """Whether a line opens an article: its by-line or its dateline."""
    return assigned.rule in NAMES or DATELINE.match(text) is not None


def _parted(
    texts: Sequence[str], assigned: Sequence[Assigned], opens: Sequence[bool], run: tuple[int, int]
) -> list[list[int]] | None:
    """The lines of each column of a run, those above its columns as one more; None where they are not woven."""
    first, last = run
    top = next((i for i in range(first, last - 1) if opens[i] and opens[i + 1]), None)
    if top is None:
        return None
    below = next((i for i in range(top, last) if not opens[i]), last)
    count = below - top
    if count > MOST_COLUMNS or last - below < LEAST * count:
        return None
    page = _Page(texts, assigned)
    columns = page.columns(list(range(top, below)), range(below, last))
    if columns is None:
        return None
    titles = _titles(texts, first, top, count)
    titled = [[*titles[k::count], *column] for k, column in enumerate(columns)]
    return [[*range(first, top - len(titles))], *titled]


def _titles(texts: Sequence[str], first: int, top: int, count: int) -> list[int]:
    """The short lines above the by-lines that end no sentence, as many for each column."""
    at = top
    while at > first and len(texts[at - 1].strip()) <= HEADING and texts[at - 1].rstrip()[-1] not in ENDS | PAUSES:
        at -= 1
    return list(range(at + (top - at) % count, top))


@dataclass(frozen=True, slots=True)
class _State:
    """One way to part the lines so far: its strain, whose turn it is, and each column's lines and width."""

    strain: int
    turn: int
    columns: tuple[Column, ...]
    widths: tuple[Width, ...]
    depths: tuple[int, ...]
    """How many quotation marks and brackets are open behind the last line of each column."""


class _Page:
    """Parts the lines of one run."""

    def __init__(self, texts: Sequence[str], assigned: Sequence[Assigned]) -> None:
        self.texts, self.assigned = texts, assigned
        self._asides: dict[int, bool] = {}
        self._brackets: dict[int, tuple[int, int]] = {}

    def columns(self, openers: list[int], below: range) -> list[list[int]] | None:
        """The lines of each column from its opener on; None where they strain less, or no more, as they stand."""
        count = len(openers)
        depths = tuple(self._depth(i, 0) for i in openers)
        states = [_State(0, 0, tuple((i, None) for i in openers), ((0, 0),) * count, depths)]
        for i in below:
            states = [following for state in states for following in self._followed(state, i)]
            states = sorted(states, key=lambda state: state.strain)[:STATES]
        best = min(states, key=self._ended)
        columns = [_lines(column) for column in best.columns]
        as_it_stands = [*openers, *(i for i in below if not self.is_aside(i))]
        if min(map(len, columns)) < LEAST or best.strain + MARGIN > self._strain(as_it_stands):
            return None
        return columns

    def _ended(self, state: _State) -> int:
        """The strain of all lines, that of columns included whose last sentence does not end."""
        return state.strain + BROKEN * sum(not self._is_closed(last) for last, _ in state.columns)

    def is_aside(self, i: int) -> bool:
        """Whether a line may be a caption or an advert; its own words say so, for what is woven is no column yet."""
        if i not in self._asides:
            own = roles().of_line(self.texts[i])
            self._asides[i] = own.role in ASIDE and own.rule not in SIGNS
        return self._asides[i]

    def _followed(self, state: _State, i: int) -> Iterator[_State]:
        """The ways to go on with line i: in each of the columns; a caption takes a turn, one across all does not."""
        count = len(state.columns)
        if self.is_aside(i):
            across = _falls_short(reduce(_wider, state.widths), _width(self.texts[i]))
            yield replace(state, strain=state.strain + BROKEN * (not across))
            yield replace(state, strain=state.strain + WIDER * across, turn=(state.turn + 1) % count)
        for passed in range(count):
            k = (state.turn + passed) % count
            last = state.columns[k][0]
            skipped = [state.columns[(state.turn + n) % count][0] for n in range(passed)]
            strain = SKIPPED * sum(not self._is_closed(j) for j in skipped)
            strain += self._between(last, i, state.widths[k]) + self._unopened(i, state.depths[k])
            columns = (*state.columns[:k], (i, state.columns[k]), *state.columns[k + 1 :])
            widths = (*state.widths[:k], _wider(state.widths[k], _width(self.texts[i])), *state.widths[k + 1 :])
            depths = (*state.depths[:k], self._depth(i, state.depths[k]), *state.depths[k + 1 :])
            yield _State(state.strain + strain, (k + 1) % count, columns, widths, depths)

    def _strain(self, lines: Sequence[int]) -> int:
        """How ill lines go on from each other in the order given."""
        widest = reduce(_wider, (_width(self.texts[i]) for i in lines))
        strain, depth = 0, self._depth(lines[0], 0)
        for above, below in pairwise(lines):
            strain += self._between(above, below, widest) + self._unopened(below, depth)
            depth = self._depth(below, depth)
        return strain

    def _between(self, above: int, below: int, width: Width) -> int:
        """How ill a line goes on from the one above in a column of a width (0, 0: not known)."""
        last, text = self.texts[above].rstrip(), self.texts[below]
        if self.assigned[above].rule in SIGNS:
            return STRAINED
        if self.assigned[above].rule in NAMES:
            return 0
        is_open, is_short = last[-1] not in ENDS, _falls_short(_width(last), width)
        signed = self.assigned[below].rule in SIGNS
        new = signed or self._is_new(text)
        strain = STRAINED * (is_open and new)
        strain += STRAINED * (last[-1] in PAUSES and text[0] in CLOSING)
        strain += WHOLE * splits_number(last, text.lstrip(), 0)
        strain += WIDER * (width[0] > 0 and _falls_short(width, _width(text)))
        return strain + BROKEN * (is_short and not new)

    def _unopened(self, i: int, depth: int) -> int:
        """How ill it is that a line closes quotation marks or brackets that are not open."""
        return STRAINED * (depth + self._bracketed(i)[0] < 0)

    def _depth(self, i: int, depth: int) -> int:
        """How many are open behind a line; a new paragraph begins with none."""
        lowest, last = self._bracketed(i)
        return last - lowest if depth + lowest < 0 or self._is_new(self.texts[i]) else depth + last

    def _bracketed(self, i: int) -> tuple[int, int]:
        """The lowest depth of quotation marks and brackets in a line and the last, from 0 at its beginning."""
        if i not in self._brackets:
            depths = [0, *accumulate(BRACKETS[char] for char in self.texts[i] if char in BRACKETS)]
            self._brackets[i] = min(depths), depths[-1]
        return self._brackets[i]

    def _is_new(self, text: str) -> bool:
        return text.startswith(INDENTS) or starts_new(text)

    def _is_closed(self, i: int) -> bool:
        """Whether a column may have ended with a line."""
        return self.assigned[i].rule in SIGNS or self.texts[i].rstrip()[-1] in ENDS


def _lines(column: Column | None) -> list[int]:
    """The lines of a column from top to bottom."""
    found = []
    while column is not None:
        found.append(column[0])
        column = column[1]
    return found[::-1]


def _width(text: str) -> Width:
    text = text.rstrip()
    return 2 * len(text) - len(text.encode("ascii", "ignore")), len(text)


def _wider(one: Width, other: Width) -> Width:
    return max(one[0], other[0]), max(one[1], other[1])


def _falls_short(one: Width, other: Width) -> bool:
    """Whether a width is less than another in columns and in characters."""
    return one[0] < other[0] - SLACK[0] and one[1] < other[1] - SLACK[1]
