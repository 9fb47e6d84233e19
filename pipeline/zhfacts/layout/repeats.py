"""Running heads: the name of a paper or the title of an article that a short line repeats from page to page.

Example: 松山产业观察 37 and 松山产业观察 39 are furniture; the sentence goes on below.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from zhfacts.layout.lines import TERMINAL, Assigned, Lines

RUNNING_HEAD = "running-head"
REPEATS = 4
"""How often a running head stands in its document."""
SPREAD = 20
"""Lines from one to the next (median)."""
SHORTEST, LONGEST = 4, 30
"""Characters of a running head without its page number."""
PAGE = "0123456789 \t\u3000·.|/-—–"
"""Signs around a running head that are not part of it: its page number."""


def repeated(lines: Lines, found: Sequence[Assigned]) -> dict[str, list[int]]:
    """Short lines that stand several times: their words without a page number, and where they stand."""
    keys = [t.strip(PAGE) if SHORTEST <= len(t) <= LONGEST else "" for t in lines.texts]
    often = {key for key, n in Counter(keys).items() if n >= REPEATS and len(key) >= SHORTEST}
    places: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys if often else ()):
        free = found[i].role in ("body", "contents") and not lines.in_column[i]
        if key in often and free and key[-1] not in TERMINAL + "，、：:":
            places[key].append(i)
    return {key: at for key, at in places.items() if len(at) >= REPEATS}


def mark_numbered_heads(lines: Lines, repeats: Mapping[str, Sequence[int]], found: list[Assigned]) -> None:
    """Running heads with a page number (松山产业观察 37) are no entries of a contents page."""
    if not repeats:
        return
    said = [0, *accumulate(lines.running)]
    for key, at in repeats.items():
        if _numbered(lines, key, at, said):
            for i in at:
                found[i] = Assigned("furniture", RUNNING_HEAD)


def mark_running_heads(lines: Lines, repeats: Mapping[str, Sequence[int]], found: list[Assigned]) -> None:
    """Short lines that stand again and again through a document, and head no article."""
    for at in repeats.values():
        free = [i for i in at if found[i].role == "body"]
        if len(free) >= REPEATS and _is_spread(free) and not _heads(lines, free):
            for i in free:
                found[i] = Assigned("furniture", RUNNING_HEAD)


def _is_spread(at: Sequence[int]) -> bool:
    steps = sorted(b - a for a, b in pairwise(at))
    return steps[len(steps) // 2] >= SPREAD


def _numbered(lines: Lines, key: str, at: Sequence[int], said: Sequence[int]) -> bool:
    """Whether most of the lines carry a number (松山产业观察 37), with running text from one to the next.

    `said` counts the lines of running text above each line.
    """
    pages = {lines.texts[i] for i in at if lines.texts[i] != key}
    parted = sum(said[a] < said[b] for a, b in pairwise(at))
    return 2 * len(pages) > len(at) and 2 * parted >= len(at) - 1


def _heads(lines: Lines, at: Sequence[int]) -> bool:
    """Whether most of the lines stand between the end of a sentence and running text, as headings do."""
    between = sum(lines.above(i)[-1:] in set(TERMINAL) and lines.text_below(i) for i in at)
    return 2 * between > len(at)
