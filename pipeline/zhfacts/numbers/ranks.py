"""Ranks and ordinals: 第14位, 前5名, 全球第一, 第二大, 100强."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import regex

from zhfacts import knowledge
from zhfacts.lexicon import Lexicon, alternation
from zhfacts.numbers.digits import digits
from zhfacts.records import Number


@dataclass(frozen=True, slots=True)
class Words:
    """Words around a rank."""

    name: str
    words: tuple[str, ...]
    unless: regex.Pattern[str] | None = None


class Ranks:
    """One pattern for all ranks."""

    def __init__(self) -> None:
        scope, nth, never, top, after, of_list = (
            alternation([w for r in knowledge.rows("numbers/ranks", t, Words) for w in r.words])
            for t in ("scope", "ordinal", "never", "top", "top_after", "list")
        )
        unless = "|".join(r.unless.pattern for r in knowledge.rows("numbers/ranks", "list", Words) if r.unless)
        numeral = r"\d{1,5}|[一二三四五六七八九十百]{1,5}"
        n, to = f"(?<n>{numeral})", rf"(?:(?:——|[—–―~-]|至|到)第?(?<last>{numeral}))?+"
        start = r"(?<=^|[。；：！？“\s])"
        scoped = rf"(?<={scope})"
        self.scope = Lexicon({w: w for r in knowledge.rows("numbers/ranks", "scope", Words) for w in r.words})
        self.begin = re.compile(
            rf"[第前首\d](?:(?<=首)(?=位)|(?<=[第前])(?=[\d一二三四五六七八九十百])|(?<![\d.第前]\d)(?=\d{{0,3}}(?:{of_list})))"
        )
        self.pattern = regex.compile(
            rf"(?<nth>(?=第)(?!{start}第{n}[，、：,])(?:{scoped}第{n}{to}(?<unit>{nth})?|第{n}{to}(?!{never})(?<unit>{nth})?)(?!\d))"
            rf"|(?<top>(?=前)(?:前{n}(?<unit>{top})|(?:(?<=(?:{after})[^，。\d]{{0,2}})|{scoped})前{n})(?![\d%‰年月天日周个季项成])"
            rf"|(?<![之以目当先从事])前{n}(?=[的里内，。；！？、”）)]|$))"
            rf"|(?<first>(?<=[居列升跃排占回])首(?<unit>位))"
            rf"|(?<list>(?<![\d.第前])(?<n>\d{{1,4}}+)(?<unit>{of_list})(?!{unless}))"
        )

    def find(self, text: str) -> Iterator[Number]:
        """Every rank of `text`, in order; 全球第一 -> 1."""
        at = 0
        for first in self.begin.finditer(text):
            if first.start() < at or not (m := self.pattern.match(text, first.start())):
                continue
            at = m.end()
            try:
                value = Decimal(1 if m["first"] else digits().small(m["n"]))
                last = Decimal(digits().small(m["last"])) if m["last"] else None
            except ValueError:
                continue
            if last is not None and last <= value:
                continue
            rule = next(name for name in ("nth", "top", "first", "list") if m[name])
            start = m.start() - len(self.scope.ending(text, m.start())) if rule in ("nth", "top") else m.start()
            one, low = (value, None) if last is None else (None, value)
            yield Number(start, m.end(), "ordinal", rule, m["unit"] or "", one, low, last)


@knowledge.built
def ranks() -> Ranks:
    """The one instance; rules are frozen once loaded."""
    return Ranks()
