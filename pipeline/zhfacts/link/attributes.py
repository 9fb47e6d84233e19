"""The measured property of a number, in the text's own words: what stands between its subject and its verb."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon
from zhfacts.link.phrases import phrases

LONGEST = 28
"""Characters of the longest property; of longer ones the end is taken, which names the head."""
LONGEST_EVENT = 24
"""Characters of what happened at a date."""
EVENT = regex.compile(r"[^，。；：！？、（）()“”\d]{2,40}")
OWNED = regex.compile(r"(?:以上|左右|以下|多)?的(?<noun>\p{Han}{2,8})")
DONE = regex.compile(r"(?r)(?<verb>\p{Han}{2})(?:了|约|近|超过|逾|达)?")
DEAL = regex.compile(r"\p{Han}{2}(?=[，。；！了])")
NOUN_BEHIND = regex.compile(r"(?:以上|左右|以下|多)?的?[“]?(?<noun>[\p{Han}]{2,8})")


@dataclass(frozen=True, slots=True)
class Cut:
    """Words cut from one end."""

    name: str
    words: tuple[str, ...]


class Attributes:
    """Cuts the words around a property away."""

    def __init__(self) -> None:
        self.left, self.right, self.stop = (
            tuple(
                sorted(
                    (w for r in knowledge.rows("link/attributes", t, Cut) for w in r.words),
                    key=len,
                    reverse=True,
                )
            )
            for t in ("left", "right", "stop")
        )
        self.openings, self.endings = Lexicon(dict.fromkeys(self.left, "")), Lexicon(dict.fromkeys(self.right, ""))
        self.empty = frozenset(
            [*self.left, *(w for r in knowledge.rows("link/attributes", "empty", Cut) for w in r.words)]
        )

        self.each = tuple(w for r in knowledge.rows("link/attributes", "each", Cut) for w in r.words)
        """Words that pair the items of a list with as many numbers: 分别."""

    def between(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The property within [start, end), the end right before the number; None where no words are left."""
        start = max(
            [
                start,
                *(text.rfind(s, start, end) + len(s) for s in self.stop if text.rfind(s, start, end) >= 0),
            ]
        )
        start, end = self.trim(text, start, end)
        if end - start > LONGEST:
            cut = text.rfind("的", start, end - 2)
            start = cut + 1 if cut >= 0 and end - cut > 3 else end - LONGEST
            start, end = self.trim(text, start, end)
        return (start, end) if end - start >= 2 or (end > start and text[start:end].isascii()) else None

    def trim(self, text: str, start: int, end: int) -> tuple[int, int]:
        """[start, end) without the words that belong to neither end."""
        while start < end:
            last = self.endings.ending(text, end, start)
            end -= len(last)
            first = self.openings.longest(text, start, end) if start < end else ""
            start += len(first)
            if not last and not first:
                break
        return start, end

    def behind(self, text: str, at: int, end: int) -> tuple[int, int] | None:
        """A noun right behind the number and before `end`: 3%的手续费, 数百个产品系列和数千个…."""
        m = NOUN_BEHIND.match(text, at, end)
        if not m:
            return None
        start, stop = m.span("noun")
        if stop == end:
            stop = start + len(text[start:stop].rstrip("和与及"))
        return (start, stop) if stop - start >= 2 else None

    def owned(self, text: str, at: int) -> tuple[int, int] | None:
        """A property that 的 hangs on the number: 200元的手续费, 2%左右的收益."""
        m = OWNED.match(text, at)
        if not m:
            return None
        start, end = m.span("noun")
        ends = [k for k in range(start + 2, end + 1) if phrases().is_property(text[start:k])]
        stop = next((k for k in ends if k + 1 not in ends), None)
        return (start, stop) if stop else None

    def done(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The verb right before the number, where nothing else is left to name: 拍出了12万元, 下跌25%."""
        m = DONE.match(text, start, end)
        return m.span("verb") if m and m["verb"] not in self.empty else None

    def deal(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """What was done at a price: 以45万元成交."""
        m = DEAL.match(text, end) if text.endswith("以", 0, start) else None
        return m.span() if m else None

    def event(self, text: str, at: int, end: int, subject: tuple[int, int] | None) -> tuple[int, int] | None:
        """What happened at a time, in a few words behind it and its subject: 2007年远岚布局海外市场."""
        m = EVENT.search(text, at, end)
        if not m or m.start() - at > 3:
            return None
        start, stop = m.span()
        if subject and start <= subject[0] and subject[1] < stop:
            start = subject[1]
        start, stop = self.trim(text, start, min(stop, start + LONGEST_EVENT))
        return (start, stop) if stop - start >= 2 else None


@knowledge.built
def attributes() -> Attributes:
    """The one instance; rules are frozen once loaded."""
    return Attributes()
