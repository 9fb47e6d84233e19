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
        nouns, money, state, paid, price, other, again, decimal, sold = (
            alternation([w for r in knowledge.rows("numbers/counts", t, Words) for w in r.words])
            for t in ("bare", "money", "state", "paid", "price", "not_money", "again", "decimal", "sold")
        )
        self.noun = regex.compile(rf"(?:个)?(?:{nouns})")
        near = r"[^，。；！？、\d]"
        self.money = regex.compile(
            rf"(?r)(?:{money})(?![者人户客商家员])(?!{near}{{0,8}}(?:{other})){near}{{0,{REACH}}}"
        )
        self.paid = regex.compile(rf"(?r)(?:{paid})[了约近超过逾只仅出掉有小]{{0,2}}")
        self.price = regex.compile(rf"(?r)(?:{price})(?:为|达|约|才收?|只要?|仅|从|要|[:：“])?(?![\d.]*[.%])")
        self.other = regex.compile(other)
        named = [w for r in knowledge.rows("numbers/counts", "money", Words) for w in r.words if len(w) > 1]
        self.owed = regex.compile(rf"(?:{alternation(named)})(?!用户|人|者)|{sold}")
        self.again = regex.compile(rf"(?r)(?:{again})(?:约|近|超过?|逾|破|不足|不到)?")
        self.state = regex.compile(rf"(?r)(?:{state})")
        self.decimal = regex.compile(rf"(?r)(?:{decimal})")
        self.moves = regex.compile(r"\p{Han}{0,4}[升降涨跌调增减滑落]")
        self.end = regex.compile(r"(?:左右|以上|以下|以内|多)?(?:[，。；、！？：）),;]|和|及|与|$)")
        self.free = regex.compile(rf"[^\p{{Han}}A-Za-z\d]|[{FREE}]|(?:{money})|$")

    def unit(self, text: str, start: int, end: int, scaled: bool) -> Unit | None:
        """The unit of a bare number: money, a count of what follows, a value that is stated, or None."""
        if scaled and self.pays(text, start, end):
            return MONEY
        if scaled and text[end : end + 1] not in "元级":
            return AMOUNT
        if self.noun.match(text, end):
            return COUNTED
        ends = self.end.match(text, end) is not None
        if (ends or text[end : end + 1] in PRICED) and self.price.match(text, max(0, start - 8), start):
            return MONEY
        return STATED if self._states(text, start, end, ends) else None

    def _states(self, text: str, start: int, end: int, ends: bool) -> bool:
        """Whether the words before a number with nothing behind it make it a value: 得分为62.2, 指数滑到46.8."""
        if ends and self.state.match(text, max(0, start - 5), start) and text[end : end + 1] not in "：":
            return True
        if "." not in text[start:end] or not (ends or self.moves.match(text, end)):
            return False
        return self.decimal.match(text, max(0, start - 6), start) is not None

    def pays(self, text: str, start: int, end: int) -> bool:
        """Whether a word in its clause makes a bare amount money: 市值从三百亿, 花掉22万; not 投资惠及1200万."""
        if self.owed.match(text, end):
            return True
        if not self.free.match(text, end):
            return False
        if self.paid.match(text, max(0, start - 8), start):
            return True
        return self.money.match(text, max(0, start - REACH - 6), start) is not None

    def follows(self, text: str, before: int, start: int, end: int, money: bool) -> bool:
        """Whether money that ends at `before` leads to a bare amount, and lends it its currency: 从12万跳到40万.

        `money` says that the amount is known as money; it follows any in its sentence.
        """
        if start - before > LED or any(c in "。；！？\n" for c in text[before:start]):
            return False
        if money:
            return True
        if not self.again.match(text, before, start) or not self.free.match(text, end):
            return False
        return self.other.search(text, before, start) is None


REACH = 12
"""Characters between a word of money and a bare amount."""
LED = 30
"""Characters between an amount of money and a bare one that follows it."""
FREE = "的是在或和及与至到以用来就则还也又都才给让去加起一不左约并指落跳蒸仍只买可多后前上未"
"""What may stand right behind a bare amount of money: anything else is a thing that is counted."""
PRICED = frozenset("加起的”一都")
MONEY = Unit("money-context", "money", "CNY", "CNY")
AMOUNT = Unit("amount", "quantity", "")
COUNTED = Unit("counted-noun", "quantity", "")
STATED = Unit("value", "quantity", "")


@knowledge.built
def bare() -> Bare:
    """The one instance; rules are frozen once loaded."""
    return Bare()
