"""Runs of characters on a page into lines in reading order, columns one after the other.

Example: of a page with a headline over two columns, first the headline, then the left column, then the right.
Coordinates are those of the page as shown: x to the right, y upwards. `em` is the usual height of a character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SHARED = 3
"""Rows that two columns must have beside each other: fewer are cells of a table, or chance."""
NARROWEST = 6.0
"""Ems that the usual line of a column has at least; cells with numbers are narrower."""
GUTTER = 0.5
"""Ems between the columns at least."""
MARGIN = 0.12
"""Share of the page at its top and bottom in which a row apart from the others stands for itself."""
GLUED, SPACED = 0.3, 2.0
"""Ems between two runs of a row up to which nothing, or a space stands between them; beyond, a tab."""
INDENTED = (1.5, 2.7)
"""Ems by which the first line of a paragraph is indented; it is then written with two wide spaces."""
APART = 1.35
"""Times the usual step from line to line from which a blank line stands between them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that follow each other on one baseline without a gap, and the rectangle they fill."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def middle(self) -> float:
        """Height of its middle on the page."""
        return (self.y0 + self.y1) / 2


Row = list[Run]


def lines(runs: Sequence[Run], page: tuple[float, float]) -> list[str]:
    """Lines of a page in reading order, a blank one behind each column, each band and each row of the margins.

    `page` is the height of the lower and the upper edge.
    """
    if not runs:
        return []
    em = median(run.y1 - run.y0 for run in runs for _ in run.text)
    head, body, foot = _margins(sorted(runs, key=_place), em, page)
    while head and _opens_columns(head[-1], body, em):
        body = head.pop() + body
    found: list[str] = []
    for part in (*head, *_columns(body, em), *foot):
        found += [*_written(part, em), ""]
    return found


def _place(run: Run) -> tuple[float, float, float, str]:
    """From top to bottom and from left to right."""
    return -run.middle, run.x0, run.x1, run.text


def _margins(
    runs: list[Run], em: float, page: tuple[float, float]
) -> tuple[list[list[Run]], list[Run], list[list[Run]]]:
    """Rows at the top and the bottom that a gap parts from the rest, and the rest: running heads, page numbers."""
    strips = _strips(runs)
    edge = (page[1] - page[0]) * MARGIN
    top = bottom = 0
    while top < len(strips) - 1 and strips[top][0].middle > page[1] - edge and _gap(strips, top) > em:
        top += 1
    last = len(strips) - 1
    while last - bottom > top and strips[last - bottom][0].middle < page[0] + edge:
        if _gap(strips, last - bottom - 1) <= em:
            break
        bottom += 1
    end = len(strips) - bottom
    return strips[:top], [run for strip in strips[top:end] for run in strip], strips[end:]


def _opens_columns(strip: list[Run], body: list[Run], em: float) -> bool:
    """Whether a row at the top is the first of two columns below it: it begins at the left edge of either."""
    gutter = _gutter(body, em)
    if gutter is None:
        return False
    edges = [min(run.x0 for run in body if (run.x0 >= gutter) == right) for right in (False, True)]
    return all(any(abs(run.x0 - edge) <= GUTTER * em for run in strip) for edge in edges)


def _strips(runs: list[Run]) -> list[list[Run]]:
    """Runs from top to bottom, cut wherever a straight line over the whole page meets none."""
    strips: list[list[Run]] = []
    low = float("inf")
    for run in sorted(runs, key=lambda run: (-run.y1, *_place(run))):
        if run.y1 <= low:
            strips.append([])
        strips[-1].append(run)
        low = min(low, run.y0) if len(strips[-1]) > 1 else run.y0
    return strips


def _gap(strips: list[list[Run]], above: int) -> float:
    """White between a strip and the next."""
    return min(run.y0 for run in strips[above]) - max(run.y1 for run in strips[above + 1])


def _columns(runs: list[Run], em: float) -> Iterator[list[Run]]:
    """Parts of a region in reading order: bands between the runs that cross the gutter, columns within them."""
    whole = _best_gutter(runs, em)
    if whole is None:
        if runs:
            yield runs
        return
    if levels := _levels(runs, em, whole[0]):
        for level in levels:
            yield from _columns(level, em)
        return
    gutter = whole[2]
    for left, right, crossing in _bands(runs, gutter):
        yield from _columns(left, em)
        yield from _columns(right, em)
        yield from _columns(crossing, em)


def _levels(runs: list[Run], em: float, shared: int) -> tuple[list[Run], list[Run]] | None:
    """What stands above and below a gap or a line across all, where each has columns of its own: two above three."""
    strips = _strips(runs)
    half = (max(run.x1 for run in runs) - min(run.x0 for run in runs)) / 2
    for k in range(SHARED, len(strips) - SHARED + 1):
        above = strips[k - 1]
        across = len(above) == 1 and above[0].x1 - above[0].x0 > half
        if across or _gap(strips, k - 1) > em:
            parts = [[run for strip in side for run in strip] for side in (strips[:k], strips[k:])]
            found = [best[0] for part in parts if (best := _best_gutter(part, em))]
            if len(found) == len(parts) and sum(found) >= shared + SHARED:
                return parts[0], parts[1]
    return None


def _bands(runs: list[Run], gutter: float) -> list[tuple[list[Run], list[Run], list[Run]]]:
    """From top to bottom: what lies left and right of the gutter, and the runs across it that end the band."""
    crossing = sorted((run for run in runs if run.x0 < gutter < run.x1), key=_place)
    heights = [-run.middle for run in crossing]
    bands: list[tuple[list[Run], list[Run], list[Run]]] = [([], [], []) for _ in range(len(crossing) + 1)]
    for run in runs:
        if run.x1 <= gutter or run.x0 >= gutter:
            bands[bisect_right(heights, -run.middle)][run.x0 >= gutter].append(run)
    merged = [bands[0]]
    for run, band in zip(crossing, bands[1:], strict=True):
        merged[-1][2].append(run)
        if any(band[:2]):
            merged.append(band)
    return merged


def _gutter(runs: list[Run], em: float) -> float | None:
    """Where white parts a region into two columns, if it does."""
    best = _best_gutter(runs, em)
    return best[2] if best else None


def _best_gutter(runs: list[Run], em: float) -> tuple[int, int, float] | None:
    """The place with most rows beside each other: how many, how many runs cross it (negative), and where it is."""
    best: tuple[int, int, float] | None = None
    for start in sorted({round(run.x0, 1) for run in runs}):
        at = start - GUTTER * em / 2
        shared = sum(_shared(left, right, em) for left, right, _ in _bands(runs, at))
        crossing = sum(run.x0 < at < run.x1 for run in runs)
        if shared and (best is None or (shared, -crossing) > best[:2]):
            best = shared, -crossing, at
    return best


def _shared(left: list[Run], right: list[Run], em: float) -> int:
    """Rows in which two columns stand beside each other; 0 where they are no columns of running text."""
    if min(len(left), len(right)) < SHARED:
        return 0
    top = min(max(run.y1 for run in side) for side in (left, right))
    bottom = max(min(run.y0 for run in side) for side in (left, right))
    beside = [[row for row in _rows(side) if bottom <= row[0].middle <= top] for side in (left, right)]
    if min(map(len, beside)) < SHARED:
        return 0
    wide = all(median(row[-1].x1 - row[0].x0 for row in rows) >= NARROWEST * em for rows in beside)
    return min(map(len, beside)) if wide else 0


def _rows(runs: list[Run]) -> list[Row]:
    """Runs that stand on one line, from left to right; lines from top to bottom."""
    rows: list[Row] = []
    for run in sorted(runs, key=_place):
        first = rows[-1][0] if rows else None
        overlap = min(run.y1, first.y1) - max(run.y0, first.y0) if first else 0.0
        if first and overlap > 0.5 * min(run.y1 - run.y0, first.y1 - first.y0):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: (run.x0, *_place(run))) for row in rows]


def _written(runs: list[Run], em: float) -> list[str]:
    """Rows as lines of text: gaps as spaces, tabs or a blank line, a paragraph's indentation as two wide spaces."""
    rows = _rows(runs)
    edge = min(row[0].x0 for row in rows)
    steps = [a[0].middle - b[0].middle for a, b in pairwise(rows)]
    usual = median(steps) if len(steps) >= SHARED else 0.0
    found = []
    for row, step in zip(rows, [0.0, *steps], strict=True):
        text = row[0].text
        for one, other in pairwise(row):
            gap = (other.x0 - one.x1) / em
            text += ("" if gap <= GLUED else " " if gap <= SPACED else "\t") + other.text
        indent = INDENTED[0] <= (row[0].x0 - edge) / em <= INDENTED[1]
        if usual and step > max(APART * usual, usual + GLUED * em):
            found.append("")
        found.append("\u3000\u3000" * indent + text.strip())
    return found
