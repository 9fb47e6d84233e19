"""Words by how often they come: of all ways to cut 出口额增长 the one whose words are the most frequent together.

A word costs minus the logarithm of its share of all words, in whole hundredths, so that sums are exact and the same
everywhere. `make segmenter` counts them, see models/segmenter.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

FILE: Final = "lexicon.txt.gz"
"""Lines of a cost and the words that cost so much."""
STRANGE: Final = 1800
"""What a character costs that is no word of the lexicon."""
PAIR: Final = 1700
"""What two Chinese characters cost that are no word of it: 远岚 is more likely one name than two rare words."""
FIRST, LAST = "一", "鿿"
"""The Chinese characters."""


class Frequent:
    """Costs of words; nothing in it changes once it is loaded."""

    def __init__(self, costs: dict[str, int]) -> None:
        self.costs = costs
        longest: dict[str, int] = {}
        for pair, size in zip([word[:2] for word in costs], map(len, costs), strict=True):
            if size > longest.get(pair, 1):
                longest[pair] = size
        self.pairs = {pair: (costs.get(pair) or _strange(pair), size) for pair, size in longest.items()}
        """By two characters what they cost as a word, and the length of the longest word that begins with them."""

    def cuts(self, text: str, wanted: Iterable[int] = (), unwanted: Iterable[int] = ()) -> list[int]:
        """Where words begin in a text without white space; always at `wanted`, never at `unwanted` places."""
        edges, never = sorted({0, *wanted, len(text)}), frozenset(unwanted)
        found: list[int] = []
        for start, end in pairwise(edge for edge in edges if edge <= len(text)):
            if end == start + 1 or (start + 1 in never and never.issuperset(range(start + 1, end))):
                found.append(start)  # one word already
            else:
                found += [start + at for at in self._cut(text[start:end]) if start + at not in never]
        return found

    def _cut(self, text: str) -> list[int]:
        """Where words begin on the cheapest way through a text."""
        back, at = self._back(text), len(text)
        found = []
        while at > 0:
            at = back[at]
            found.append(at)
        return found[::-1]

    def _back(self, text: str) -> Sequence[int]:
        """For each place where the last word before it begins, as the cheapest way there has it."""
        size, costs, pairs = len(text), self.costs, self.pairs
        most = STRANGE * (size + 1)
        least, back = [0] + [most] * (size + 1), [0] * (size + 2)
        for at, one in enumerate(text):
            here = least[at]
            cost = here + costs.get(one, STRANGE)
            if cost < least[at + 1]:
                least[at + 1], back[at + 1] = cost, at
            pair = text[at : at + 2]
            if known := pairs.get(pair):
                cost, longest = here + known[0], known[1]
                if cost < least[at + 2]:
                    least[at + 2], back[at + 2] = cost, at
                for end in range(at + 3, min(size, at + longest) + 1):
                    whole = costs.get(text[at:end])
                    if whole is not None and here + whole < least[end]:
                        least[end], back[end] = here + whole, at
            elif FIRST <= one <= LAST and here + PAIR < least[at + 2] and FIRST <= pair[-1] <= LAST and at + 1 < size:
                least[at + 2], back[at + 2] = here + PAIR, at
        return back


def _strange(pair: str) -> int:
    """What two characters cost that are no word: those that are not Chinese are no word, either."""
    return PAIR if len(pair) > 1 and min(pair) >= FIRST and max(pair) <= LAST else 3 * STRANGE


def load(folder: Path) -> Frequent:
    """The lexicon of a folder."""
    costs: dict[str, int] = {}
    for line in gzip.decompress((folder / FILE).read_bytes()).decode("utf-8").splitlines():
        cost, *words = line.split(" ")
        costs.update(dict.fromkeys(words, int(cost)))
    return Frequent(costs)
