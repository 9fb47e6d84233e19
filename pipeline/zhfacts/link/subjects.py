"""Whose number it is: the mention that is the topic of the clause, or of a clause before it in the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import regex

from zhfacts import knowledge
from zhfacts.records import Mention

DATED = regex.compile(r"(?:(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日|近日|日前|最新|昨日|今日|今天|昨天)?")
DATES = frozenset("0123456789近日最昨今")
"""Characters that begin such a date."""
Place = tuple[int, int, int]
"""(block, start, end) of words in a document's blocks."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a circumstance adds to a mention's score as topic."""

    name: str
    value: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word in or beside a mention, and what it adds to its score as topic."""

    word: str
    sort: str
    weight: str


class Topic(NamedTuple):
    """A mention with its place, how good a topic it is, and the mechanism that found it."""

    mention: Mention
    place: Place
    score: float
    rule: str


class Subjects:
    """Scores mentions as topics with the weights of rules/link/subjects."""

    def __init__(self) -> None:
        weights = {w.name: w for w in knowledge.rows("link/subjects", "weight", Weight)}
        self.clause, self.sentence = float(weights["clause"].value), float(weights["sentence"].value)
        self.named, self.named_types = float(weights["named"].value), frozenset(weights["named"].words)
        self.distance = float(weights["distance"].value)
        words = knowledge.table("link/subjects/words.csv", Word)
        before, behind, self.word, aside = (
            {w.word: float(w.weight) for w in words if w.sort == sort}
            for sort in ("before", "behind", "scope", "aside")
        )
        self.before, self.behind = _by_character(before, -1), _by_character(behind, 0)
        self.aside = tuple(aside)

    def best(self, text: str, block: int, found: list[Mention], clause: int, at: int) -> Topic | None:
        """The best topic before `at` in a sentence whose last clause begins at `clause`; None where there is none."""
        best, most = None, 0.0
        for mention in found:
            if mention.end <= at and (score := self._score(text, mention, clause)) > most:
                best, most = mention, score
        if best is None:
            return None
        rule = "clause" if best.start >= clause else "sentence"
        return Topic(best, (block, best.start, best.end), most, rule)

    def topical(self, text: str, start: int, found: list[Mention]) -> list[Mention]:
        """The mentions of a sentence that may become the topic of the next: not 世界, nor those behind 其中 or 例如."""
        found = [m for m in found if text[m.start : m.end] not in self.word]
        ends = [at for w in self.aside if (at := text.find(w, start, found[-1].start if found else start)) >= 0]
        return [m for m in found if m.start < min(ends)] if ends else found

    def _reports(self, text: str, at: int) -> float:
        """The penalty of who says so; a date may stand behind the name: 国家统计局1月22日发布数据."""
        if text[at : at + 1] in DATES:
            at = DATED.match(text, at).end()
        behind = self.behind.get(text[at : at + 1])
        return min([v for w, v in behind if text.startswith(w, at)], default=0.0) if behind else 0.0

    def _score(self, text: str, mention: Mention, clause: int) -> float:
        score = self.clause if mention.start >= clause else self.sentence
        score += self.named if mention.type in self.named_types else 0.0
        start = mention.start
        if before := self.before.get(text[start - 1 : start]):
            score += sum([v for w, v in before if text.endswith(w, 0, start)])
        score += self._reports(text, mention.end)
        score += self.word.get(text[mention.start : mention.end], 0.0)
        if mention.start < clause:
            score += self.distance * (text.count("，", mention.end, clause) + 2 * text.count("；", mention.end, clause))
        return score


def _by_character(weights: dict[str, float], index: int) -> dict[str, list[tuple[str, float]]]:
    """Words with their weights by their first or last character."""
    found: dict[str, list[tuple[str, float]]] = {}
    for word, weight in weights.items():
        found.setdefault(word[index], []).append((word, weight))
    return found


@knowledge.built
def subjects() -> Subjects:
    """The one instance; rules are frozen once loaded."""
    return Subjects()
