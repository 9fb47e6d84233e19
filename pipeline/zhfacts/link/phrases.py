"""Who holds a property that no name shows: the noun phrase that opens a clause, cut before the property.

Example: in 本次秋拍成交额达到3亿元 the holder is 本次秋拍, in 手续费为3元 there is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhfacts import knowledge

if TYPE_CHECKING:
    from zhfacts.link.words import Segmenter

Span = tuple[int, int]
NOMINAL = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "DET", "X", "SYM"})
"""Parts of speech that a noun phrase is made of."""
PASSED = frozenset({"ADV", "CCONJ", "SCONJ", "SPACE", "PUNCT"})
"""Parts of speech that stand before one and say nothing of it."""
POINTING, TURNS = frozenset("这此本该每上首"), frozenset("次项场届轮笔")
"""Signs with which a phrase points at something (这款产品), and those after which a verb is a noun (这次拍卖)."""
SHORTEST, LONGEST = 2, 14
"""Characters of a holder."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one sort."""

    name: str
    words: tuple[str, ...]


class Phrases:
    """Finds holders by the words of rules/link/phrases and the parts of speech."""

    def __init__(self) -> None:
        self.heads, self.modifiers, self.openers, self.never, self.leads, self.vague = (
            frozenset(w for r in knowledge.rows("link/phrases", t, Words) for w in r.words)
            for t in ("head", "modifier", "opener", "never", "lead", "vague")
        )
        self.endings, self.anaphors = tuple(self.heads), tuple(self.vague)

    def holder(self, text: str, start: int, end: int, names: Iterable[Span], times: Iterable[Span]) -> Span | None:
        """The span of the holder in the clause that begins at `start` and has its number at `end`.

        Names and times are never cut; times at the beginning are passed over.
        """
        from zhfacts.link.tags import tag

        past = [(a, b) for a, b in times if start <= a and b <= end]
        timed = any(a == start for a, _ in past)
        if end - start < SHORTEST or (not timed and any(text.startswith(w, start) for w in self.openers)):
            return None
        inside = [(a - start, b - start) for a, b in [*names, *past] if start <= a and b <= end]
        spans = [(a + start, b + start) for a, b in _segmenter().spans(text[start:end], inside)]
        words = [text[a:b] for a, b in spans]
        tags = tag(words)
        k = 0
        while k < len(words) and (words[k] in self.leads or tags[k] in PASSED or spans[k] in past):
            k += 1
        first = k
        while k < len(words) and words[k] not in self.never and self._goes_on(words, tags, k, first):
            k += 1
        return self._cut(text, spans[first:k], words[first:k])

    def _goes_on(self, words: list[str], tags: list[str], k: int, first: int) -> bool:
        """Whether word k belongs to the phrase that begins at `first`; after 这次 a verb is a noun (这次拍卖)."""
        if k > first and (words[k] in self.leads - {"的"} or any(c.isdecimal() for c in words[k])):
            return False
        if tags[k] in NOMINAL or words[k] == "的":
            return True
        if k == first:
            return words[k + 1 : k + 2] == ["的"] and len(words[k]) == 1
        return tags[k] == "VERB" and words[k - 1][-1] in TURNS and words[first][0] in POINTING

    def _cut(self, text: str, spans: list[Span], words: list[str]) -> Span | None:
        """The phrase without the property at its end: 兴业信用卡|动卡率, 机器人瓦力|的相似度."""
        k = len(words)
        if k and self.is_property(words[-1]):
            k -= 1 + (len(words[-1]) == 1)
            while k and (words[k - 1] in self.modifiers or self.is_property(words[k - 1])):
                k -= 1
            of = words.index("的") if "的" in words[:k] else k
            k = of if of and len(words[of - 1]) > 1 else k
        while k and words[k - 1] in ("的", *self.modifiers):
            k -= 1
        if k <= 0:
            return None
        if words[0].startswith(self.anaphors) or (words[k - 1] in self.vague and words[0][0] not in POINTING):
            return None
        if k == 1 and words[0] in self.modifiers:
            return None
        start, end = spans[0][0], spans[k - 1][1]
        if any(c.isdecimal() for c in words[0]):
            return None
        return (start, end) if SHORTEST <= end - start <= LONGEST else None

    def is_property(self, word: str) -> bool:
        """Whether a word names a property: 成交额, 手续费."""
        return word in self.heads or (len(word) > 1 and word.endswith(self.endings))


def _segmenter() -> Segmenter:
    from zhfacts.link.words import segmenter

    return segmenter()


@knowledge.built
def phrases() -> Phrases:
    """The one instance; rules are frozen once loaded."""
    return Phrases()
