"""Hedges beside a number: 约, 超过, 以上, 多. The words are in rules/numbers/bounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from zhfacts import knowledge
from zhfacts.records import Bound


@dataclass(frozen=True, slots=True)
class Hedge:
    """Hedge words and the bound they say; `unless_*` are patterns that must not stand at their outer side."""

    name: str
    bound: str
    words: tuple[str, ...]
    unless_after: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None
    only_scale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filler:
    """Words between a hedge and its number."""

    name: str
    words: tuple[str, ...]


REACH = 14
"""Characters before a number within which 约占…的 is looked for."""


class Bounds:
    """Finds the hedges of a number by their words."""

    def __init__(self) -> None:
        self.before = _by_word("before")
        self.after = _by_word("after")
        self.around = _by_word("around")
        self.fillers = frozenset(w for row in knowledge.rows("numbers/bounds", "filler", Filler) for w in row.words)
        around = "|".join(sorted(self.around, key=len, reverse=True))
        self.share = regex.compile(rf"(?r)(?<word>{around})[^，。；：！？\d]{{1,{REACH}}}的")

    def of(self, text: str, start: int, end: int, more: bool) -> tuple[Bound, str]:
        """(bound, name of the hedge row) for the number at [start, end); `more` when 多 or 余 stands inside."""
        found = [h for h in (self._left(text, start), self._right(text, end)) if h]
        if more:
            found.append(Hedge("inside", ">", ()))
        if (
            not found
            and text[start - 1 : start] == "的"
            and (m := self.share.match(text, max(0, start - REACH - 6), start))
        ):
            found.append(self.around[m["word"]])
        best = next((h for h in found if h.bound != "~"), found[0] if found else None)
        return (best.bound, best.name) if best else ("=", "")  # type: ignore[return-value]  # checked at load

    def _left(self, text: str, start: int) -> Hedge | None:
        """The hedge whose words end at the number, fillers between them skipped; a direction before 约 wins."""
        at, first = start, None
        for _ in range(3):
            word = _ending(text, at, self.before)
            if word and self._allowed(self.before[word], text, at - len(word), at, start):
                hedge = self.before[word]
                if hedge.bound != "~":
                    return hedge
                first = first or hedge
                at -= len(word)
                continue
            filler = _ending(text, at, self.fillers)
            if not filler:
                break
            at -= len(filler)
        return first

    def _right(self, text: str, end: int) -> Hedge | None:
        at = end
        for length in range(min(6, len(text) - at), 0, -1):
            hedge = self.after.get(text[at : at + length])
            if hedge and not (hedge.unless_before and hedge.unless_before.match(text, at + length)):
                return hedge
        return None

    def _allowed(self, hedge: Hedge, text: str, at: int, end: int, number: int) -> bool:
        if text[at:end] in hedge.only_scale:
            return end == number and text[number : number + 1] in ("百", "千", "万", "亿")
        return not (at > 0 and hedge.unless_after and hedge.unless_after.match(text, at - 1))


def _ending(text: str, at: int, words: dict[str, Hedge] | frozenset[str]) -> str:
    """The longest of `words` that ends at `at`, or ""."""
    for length in range(min(5, at), 0, -1):
        if text[at - length : at] in words:
            return text[at - length : at]
    return ""


def _by_word(table: str) -> dict[str, Hedge]:
    return {w: row for row in knowledge.rows("numbers/bounds", table, Hedge) for w in row.words}


@cache
def bounds() -> Bounds:
    """The one instance; rules are frozen once loaded."""
    return Bounds()
