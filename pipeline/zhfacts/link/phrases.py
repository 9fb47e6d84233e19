"""Sorts of words in noun phrases: in 本次秋拍成交额 the word 成交额 names a property, 本次秋拍 who holds it."""

from __future__ import annotations

from dataclasses import dataclass

from zhfacts import knowledge


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its sorts, parted by blanks: head, modifier, end, lead, vague."""

    word: str
    sorts: str


class Phrases:
    """The words of rules/link/phrases by sort."""

    def __init__(self) -> None:
        rows = knowledge.table("link/phrases/words.csv", Word)
        self.heads, self.modifiers, self.ends, self.leads, self.vague = (
            frozenset(row.word for row in rows if sort in row.sorts.split())
            for sort in ("head", "modifier", "end", "lead", "vague")
        )
        self.anaphors = tuple(sorted(self.vague))
        lasts = {word[-1] for word in self.heads}
        self.endings = {last: tuple(sorted(w for w in self.heads if w[-1] == last)) for last in lasts}

    def is_property(self, word: str) -> bool:
        """Whether a word names a property: 成交额, 手续费."""
        return word in self.heads or (len(word) > 1 and word.endswith(self.endings.get(word[-1], ())))


@knowledge.built
def phrases() -> Phrases:
    """The one instance; rules are frozen once loaded."""
    return Phrases()
