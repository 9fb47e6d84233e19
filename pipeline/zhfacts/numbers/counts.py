"""Counts, durations and multiples: 270家, 9000万台, 68℃, 三年, 1.3倍; and bare amounts that state something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

import regex

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.numbers.units import Unit
from zhfacts.records import Kind


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A word behind the number."""

    name: str
    kind: str
    words: tuple[str, ...]
    unit: str = ""
    factor: str = "1"
    plus: str = "0"
    small: bool = False
    unless: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None
    only_after: regex.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Physical:
    """A unit of measurement: its word, its canonical form, its UCUM code ("" where UCUM has none)."""

    word: str
    unit: str
    ucum: str


@dataclass(frozen=True, slots=True)
class Words:
    """Words around a number that say what a bare number is."""

    name: str
    words: tuple[str, ...]


def suffixes() -> dict[str, Unit]:
    """Unit by the word behind the number; physical units win over measure words."""
    found: dict[str, Unit] = {}
    for row in knowledge.rows("numbers/counts", "unit", UnitRow):
        for word in row.words:
            found[word] = Unit(
                row.name,
                cast(Kind, row.kind),
                row.unit or word,
                factor=Decimal(row.factor),
                plus=Decimal(row.plus),
                unless=row.unless,
                unless_before=row.unless_before,
                small=row.small,
                only_after=row.only_after,
            )
    for p in knowledge.table("numbers/counts/units.csv", Physical):
        found[p.word] = Unit("physical", "quantity", p.unit, ucum=p.ucum or None, small=True)
    return found


@dataclass(frozen=True, slots=True)
class PerRow:
    """What a physical unit may be divided by: its word and its UCUM code ("" where UCUM has none)."""

    word: str
    ucum: str


class Rates:
    """Units divided by another: 30km/h, 5毫克/升, 120公里每小时."""

    def __init__(self) -> None:
        self.ucum = {row.word: row.ucum for row in knowledge.table("numbers/counts/per.csv", PerRow)}
        words = alternation(list(self.ucum))
        self.after = regex.compile(rf"\ ?(?:/\ ?(?<per>{words})|每(?<per>小时|分钟|秒))(?![A-Za-z])")

    def of(self, text: str, end: int, unit: Unit) -> tuple[Unit, int, str | None]:
        """(unit, its end, what it is divided by) for a physical unit that ends at `end`: 公里 before /小时."""
        m = self.after.match(text, end)
        if not m:
            return unit, end, None
        per = m["per"]
        ucum = f"{unit.ucum}/{self.ucum[per]}" if unit.ucum and self.ucum[per] else None
        return replace(unit, unit=f"{unit.unit}/{per}", ucum=ucum), m.end(), per


class Bare:
    """Numbers with no unit behind them: what the words around them make of them."""

    def __init__(self) -> None:
        nouns, money, state = (
            [w for r in knowledge.rows("numbers/counts", t, Words) for w in r.words] for t in ("bare", "money", "state")
        )
        self.noun = regex.compile(rf"(?:个)?(?:{alternation(nouns)})")
        self.money = regex.compile(rf"(?r)(?:{alternation(money)})[^，。；！？\d]{{0,6}}")
        self.state = regex.compile(rf"(?r)(?:{alternation(state)})")
        self.end = regex.compile(r"(?:左右|以上|以下|以内|多)?(?:[，。；、！？：）),;]|和|及|与|$)")

    def unit(self, text: str, start: int, end: int, scaled: bool) -> Unit | None:
        """The unit of a bare number: money, a count of what follows, a value that is stated, or None."""
        ends = self.end.match(text, end) is not None
        if scaled and ends and self.money.match(text, max(0, start - 12), start):
            return MONEY
        if scaled and text[end : end + 1] not in "元级":
            return AMOUNT
        if self.noun.match(text, end):
            return COUNTED
        if ends and self.state.match(text, max(0, start - 4), start) and text[end : end + 1] not in "：":
            return STATED
        return None


MONEY = Unit("money-context", "money", "CNY", "CNY")
AMOUNT = Unit("amount", "quantity", "")
COUNTED = Unit("counted-noun", "quantity", "")
STATED = Unit("value", "quantity", "")


@knowledge.built
def bare() -> Bare:
    """The one instance; rules are frozen once loaded."""
    return Bare()
