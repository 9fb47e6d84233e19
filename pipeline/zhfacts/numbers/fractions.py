"""Fractions, ratios, and words that are numbers by themselves: 三分之一, 1/3, 一半, 1:3, 翻两番."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import regex

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.numbers.digits import digits
from zhfacts.records import Bound, Kind, Number


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is a number by itself."""

    name: str
    kind: str
    words: tuple[str, ...]
    value: str
    unit: str
    ratio: str = ""
    bound: str = "="
    unless: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A written form of a fraction with parts a and b."""

    name: str
    form: str
    after: str = ""
    before: str = ""
    words: tuple[str, ...] = ()


REACH = 8
"""Characters at either side within which a ratio needs a word that speaks of a proportion."""


class Fractions:
    """Finds fractions, ratios and number words."""

    def __init__(self) -> None:
        self.words = {w: row for row in knowledge.rows("numbers/fractions", "word", Word) for w in row.words}
        self.word = regex.compile(alternation(list(self.words)))
        self.forms = [
            (
                row,
                regex.compile(
                    (f"(?<!{row.after})" if row.after else "") + row.form + (f"(?!{row.before})" if row.before else "")
                ),
            )
            for row in knowledge.rows("numbers/fractions", "fraction", Form)
        ]
        (self.ratio,) = knowledge.rows("numbers/fractions", "ratio", Form)
        self.ratio_form = regex.compile(rf"(?<![\d.:：]){self.ratio.form}(?![\d:：])")

    def find(self, text: str) -> Iterator[Number]:
        """Every fraction, ratio and number word of `text`."""
        if "半" in text or "番" in text or "翻" in text:
            yield from self._words(text)
        if "/" in text or "分之" in text:
            for row, form in self.forms:
                for m in form.finditer(text):
                    yield from self._fraction(m, row.name)
        if ":" in text or "：" in text or "∶" in text:
            yield from self._ratios(text)

    def _words(self, text: str) -> Iterator[Number]:
        for m in self.word.finditer(text):
            row = self.words[m.group()]
            if row.unless and row.unless.match(text, m.end()):
                continue
            if row.unless_before and m.start() and row.unless_before.match(text, m.start() - 1):
                continue
            ratio = Decimal(row.ratio) if row.ratio else None
            kind, bound = cast(Kind, row.kind), cast(Bound, row.bound)
            yield Number(m.start(), m.end(), kind, row.name, row.unit, Decimal(row.value), ratio=ratio, bound=bound)

    def _fraction(self, m: regex.Match[str], name: str) -> Iterator[Number]:
        try:
            a, b = digits().small(m["a"]), digits().small(m["b"])
        except ValueError:  # its numerals are none: 三分之十二七
            return
        if 0 < a < b:
            yield Number(m.start(), m.end(), "fraction", name, "fraction", _share(a, b))

    def _ratios(self, text: str) -> Iterator[Number]:
        for m in self.ratio_form.finditer(text):
            around = text[max(0, m.start() - REACH) : m.start()] + "\n" + text[m.end() : m.end() + REACH]
            if any(w in around for w in self.ratio.words) and Decimal(m["b"]):
                value = Decimal(m["a"]) / Decimal(m["b"])
                yield Number(m.start(), m.end(), "fraction", "ratio", "ratio", value)


def _share(a: int, b: int) -> Decimal:
    return Decimal(a) / Decimal(b)


@knowledge.built
def fractions() -> Fractions:
    """The one instance; rules are frozen once loaded."""
    return Fractions()
