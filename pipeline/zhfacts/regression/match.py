"""Which fact of one run is which of another: by place, else by content where lines have shifted.

Example: 5784亿元 on line 2 is the 5784亿元 on line 3 if its sentence says the same around it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence

from zhfacts.regression.baseline import PLACE, Row

Pair = tuple[Row, Row]


def _at(row: Row) -> tuple[int, ...]:
    return tuple(row[name] for name in PLACE)


KEYS: Sequence[Callable[[Row], Hashable]] = (
    lambda row: (_at(row), row["surface"], row["near"], row["kind"]),
    lambda row: (row["surface"], row["near"], row["kind"]),
    lambda row: (row["surface"], row["near"]),
    lambda row: (_at(row), row["surface"]),
    lambda row: (row["surface"], row["kind"], row["near"].partition("-")[0]),
    lambda row: (row["surface"], row["kind"], row["near"].partition("-")[2]),
    lambda row: (row["kind"], row["near"]),
    lambda row: (row["line_start"], row["surface"], row["kind"]),
)
"""What two facts must share, from the strictest on: place, words, what stands around them, or on one side of them.

With another figure in the same surroundings the fact has changed. Of several alike the first goes with the first.
"""


def matched(old: Sequence[Row], new: Sequence[Row]) -> tuple[list[Pair], list[Row], list[Row]]:
    """Pairs of the rows of one document, those of the old run alone, and those of the new one alone."""
    pairs: list[Pair] = []
    gone, come = list(old), list(new)
    for key in KEYS:
        found, gone, come = _by(key, gone, come)
        pairs += found
    found, gone, come = _overlapping(gone, come)
    return [*pairs, *found], gone, come


def _by(
    key: Callable[[Row], Hashable], old: Sequence[Row], new: Sequence[Row]
) -> tuple[list[Pair], list[Row], list[Row]]:
    waiting: defaultdict[Hashable, deque[Row]] = defaultdict(deque)
    for row in old:
        waiting[key(row)].append(row)
    pairs, come = [], []
    for row in new:
        if same := waiting.get(key(row)):
            pairs.append((same.popleft(), row))
        else:
            come.append(row)
    taken = {id(a) for a, _ in pairs}
    return pairs, [row for row in old if id(row) not in taken], come


def _overlapping(old: Sequence[Row], new: Sequence[Row]) -> tuple[list[Pair], list[Row], list[Row]]:
    """Facts whose ends alone have changed: 8.7% and 约8.7% in one place."""
    pairs = [*_swept(sorted(old, key=_at), sorted(new, key=_at))]
    taken = {id(row) for pair in pairs for row in pair}
    return pairs, [row for row in old if id(row) not in taken], [row for row in new if id(row) not in taken]


def _swept(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Pair]:
    i = j = 0
    while i < len(old) and j < len(new):
        a, b = old[i], new[j]
        if _behind(a) <= _at(b)[:2]:
            i += 1
        elif _behind(b) <= _at(a)[:2]:
            j += 1
        else:
            if a["surface"] in b["surface"] or b["surface"] in a["surface"]:
                yield a, b
            i, j = i + 1, j + 1


def _behind(row: Row) -> tuple[int, int]:
    return row["line_end"], row["col_end"]
