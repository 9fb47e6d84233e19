"""Hedges beside a number: 约, 超过, 以上, 多. The words are in rules/numbers/bounds."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, alternation
from zhfacts.records import Bound, Number


@dataclass(frozen=True, slots=True)
class Hedge:
    """Hedge words and the bound they say; `unless_*` are patterns that must not stand at their outer side."""

    name: str
    bound: str
    words: tuple[str, ...]
    unless_after: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None
    only_scale: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filler:
    """Words between a hedge and its number."""

    name: str
    words: tuple[str, ...]


REACH = 14
"""Characters before a number within which 约占…的 is looked for."""

SHARES = frozenset({"percent", "fraction", "multiple"})
"""Kinds whose base may stand between a hedge and the number."""
SHARED = frozenset("的数量额值")
"""The last character of a base right before its share."""
MODAL = frozenset("要能会可被得需")
"""One of these stands between a hedge and the verb before the number."""
INSIDE = Hedge("inside", ">", ())
"""多 or 余 within the number: 300多家."""


class Bounds:
    """Finds the hedges of a number by their words."""

    def __init__(self) -> None:
        self.before = Lexicon(_by_word("before"))
        self.after = Lexicon(_by_word("after"))
        self.around = _by_word("around")
        self.recent = frozenset(w for row in knowledge.rows("numbers/bounds", "recent", Filler) for w in row.words)
        self.fillers = Lexicon({w: w for row in knowledge.rows("numbers/bounds", "filler", Filler) for w in row.words})
        around = alternation(self.around)
        self.share = regex.compile(rf"(?r)(?<word>{around})[^，。；：！？\d]{{1,{REACH}}}(?:的|总[数量额值])")
        self.part = regex.compile(rf"(?r)(?<word>{around})[^，。；：！？\d的]{{2,{REACH}}}")
        self.modals = _by_word("modal")
        self.modal = regex.compile(
            rf"(?r)(?<word>{alternation(self.modals)})[只还也]?[要能会可被得需](?:\p{{Han}}{{0,3}})"
        )

    def of(self, text: str, number: Number, more: bool) -> tuple[Bound, str]:
        """(bound, name of the hedge row) for a number; `more` when 多 or 余 stands inside."""
        start = number.start
        found = [h for h in (self._left(text, start, number.kind), self._right(text, number)) if h]
        if found and number.unit in self.recent and text.endswith("近", 0, start):
            found = []
        if more:
            found.append(INSIDE)
        if not found and number.when is None:
            found = self._around(text, number)
        best = next((h for h in found if h.bound != "~"), found[0] if found else None)
        return (best.bound, best.name) if best else ("=", "")  # type: ignore[return-value]  # checked at load

    def _around(self, text: str, number: Number) -> list[Hedge]:
        """A hedge parted from the number by the base of a share (不到对手的一半) or by a verb (至少要晾一天)."""
        start = number.start
        last = text[start - 1 : start]
        if number.kind in SHARES and (last in SHARED or number.kind == "fraction"):
            form = self.part if number.kind == "fraction" and last != "的" else self.share
            if m := form.match(text, max(0, start - REACH - 6), start):
                return [self.around[m["word"]]]
        if MODAL.isdisjoint(text[max(0, start - 4) : start]):
            return []
        m = self.modal.match(text, max(0, start - 8), start)
        return [self.modals[m["word"]]] if m else []

    def _left(self, text: str, start: int, kind: str) -> Hedge | None:
        """The hedge whose words end at the number, fillers between them skipped; a direction before 约 wins."""
        at, first = start, None
        for _ in range(4):
            word = self.before.ending(text, at)
            hedge = self.before[word] if word else None
            if hedge and self._allowed(hedge, text, (at - len(word), at, start), kind):
                if hedge.bound != "~":
                    return hedge
                first = first or hedge
                at -= len(word)
                continue
            filler = self.fillers.ending(text, at)
            if not filler:
                break
            at -= len(filler)
        return first

    def _right(self, text: str, number: Number) -> Hedge | None:
        for word in self.after.starting(text, number.end):
            hedge = self.after[word]
            if hedge.kinds and number.kind not in hedge.kinds:
                continue
            if not (hedge.unless_before and hedge.unless_before.match(text, number.end + len(word))):
                return hedge
        return None

    def _allowed(self, hedge: Hedge, text: str, span: tuple[int, int, int], kind: str) -> bool:
        """Whether the hedge's own row lets it stand there; `span` is its start and end and the number's start."""
        at, end, number = span
        if hedge.kinds and kind not in hedge.kinds:
            return False
        if text[at:end] in hedge.only_scale:
            return end == number and text[number : number + 1] in ("百", "千", "万", "亿")
        return not (at > 0 and hedge.unless_after and hedge.unless_after.match(text, at - 1))


def _by_word(table: str) -> dict[str, Hedge]:
    return {w: row for row in knowledge.rows("numbers/bounds", table, Hedge) for w in row.words}


@knowledge.built
def bounds() -> Bounds:
    """The one instance; rules are frozen once loaded."""
    return Bounds()
