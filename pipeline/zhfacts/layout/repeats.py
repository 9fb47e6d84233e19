"""Running heads: the name of a paper or the title of an article that a short line repeats from page to page.

Example: 松山产业观察 37 and 松山产业观察 39 are furniture; the sentence goes on below.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

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


def mark_running_heads(lines: Lines, found: list[Assigned]) -> None:
    """Give short lines that stand again and again through a document their role."""
    keys = [t.strip(PAGE) if SHORTEST <= len(t) <= LONGEST else "" for t in lines.texts]
    often = {key for key, n in Counter(keys).items() if n >= REPEATS and len(key) >= SHORTEST}
    if not often:
        return
    places: dict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        if key in often and found[i].role == "body" and not lines.in_column[i] and key[-1] not in TERMINAL + "，、：:":
            places[key].append(i)
    for at in places.values():
        steps = sorted(b - a for a, b in pairwise(at))
        if len(at) >= REPEATS and steps[len(steps) // 2] >= SPREAD and not _heads(lines, at):
            for i in at:
                found[i] = Assigned("furniture", RUNNING_HEAD)


def _heads(lines: Lines, at: Sequence[int]) -> bool:
    """Whether most of the lines stand between the end of a sentence and running text, as headings do."""
    between = sum(lines.above(i)[-1:] in set(TERMINAL) and lines.text_below(i) for i in at)
    return 2 * between > len(at)
