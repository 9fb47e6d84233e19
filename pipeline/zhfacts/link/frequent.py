"""Words by how often they come: of all ways to cut 出口额增长 the one whose words are the most frequent together.

A word costs minus the logarithm of its share of all words, in whole hundredths, so that sums are exact and the same
everywhere. `make segmenter` counts them, see models/segmenter.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

FILE: Final = "lexicon.txt.gz"
"""Lines of a cost and the words that cost so much."""
STRANGE: Final = 1800
"""What a character costs that is no word of the lexicon."""
PAIR: Final = 1700
"""What two Chinese characters cost that are no word of it: 远岚 is more likely one name than two rare words."""
HAN: Final = ("一", "鿿")


class Lexicon:
    """Costs of words; nothing in it changes once it is loaded."""

    def __init__(self, costs: dict[str, int]) -> None:
        self.costs = costs
        longest: dict[str, int] = {}
        for word in costs:
            if len(word) > longest.get(word[:2], 0):
                longest[word[:2]] = len(word)
        self.longest = longest
        """By two characters the length of the longest word that begins so."""

    def cuts(self, text: str, wanted: Iterable[int] = (), unwanted: Iterable[int] = ()) -> list[int]:
        """Where words begin in a text without white space; always at `wanted`, never at `unwanted` places."""
        edges, never = frozenset(wanted), frozenset(unwanted)
        found, at = [], len(text)
        back = self._back(text, edges)
        while at > 0:
            at = back[at]
            if at not in never:
                found.append(at)
        return found[::-1]

    def _back(self, text: str, edges: frozenset[int]) -> Sequence[int]:
        """For each place where the last word before it begins, as the cheapest way there has it."""
        size, costs, longest = len(text), self.costs, self.longest
        least, back = [0] + [STRANGE * (size + 1)] * size, [0] * (size + 1)
        for at in range(size):
            here = least[at]
            cost = here + costs.get(text[at], STRANGE)
            if cost < least[at + 1]:
                least[at + 1], back[at + 1] = cost, at
            if at + 1 in edges or at + 1 >= size:
                continue
            pair = text[at : at + 2]
            cost = here + costs.get(pair, PAIR if HAN[0] <= min(pair) and max(pair) <= HAN[1] else 3 * STRANGE)
            if cost < least[at + 2]:
                least[at + 2], back[at + 2] = cost, at
            for end in range(at + 3, min(size, at + longest.get(pair, 0)) + 1):
                if end - 1 in edges:
                    break
                known = costs.get(text[at:end])
                if known is not None and here + known < least[end]:
                    least[end], back[end] = here + known, at
        return back


def load(folder: Path) -> Lexicon:
    """The lexicon of a folder."""
    costs: dict[str, int] = {}
    for line in gzip.decompress((folder / FILE).read_bytes()).decode("utf-8").splitlines():
        cost, *words = line.split(" ")
        costs.update(dict.fromkeys(words, int(cost)))
    return Lexicon(costs)
