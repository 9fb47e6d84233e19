"""Money: currencies of CLDR and rules/numbers/money, symbols and what an amount is counted by. US$3 billion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

import regex
from babel import Locale

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.numbers.digits import digits
from zhfacts.numbers.units import Found, Unit
from zhfacts.records import Number


@dataclass(frozen=True, slots=True)
class Alias:
    """A short or spoken name of a currency."""

    word: str
    code: str


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """Signs, codes and words before the number."""

    name: str
    words: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """English scales behind a number with a symbol."""

    name: str
    words: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """What makes 元 no money."""

    name: str
    unless: regex.Pattern[str]
    small: regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Per:
    """Measures that an amount is counted by."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coin:
    """A part of a 元."""

    name: str
    words: tuple[str, ...]
    factor: str
    unless: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None
    only_after: regex.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of a currency that is called 元 one yuan has bought, from 1994 on, rounded outwards."""

    code: str
    low: str
    high: str


CONVERTED = regex.compile(r"[（(](?:折合|约合|合|约)*(?:人民币)?")
UNKNOWN = "XXX"
"""ISO 4217's code for no currency: 2000元（约合1.4万元人民币）is not in yuan, and fits more than one other."""


def suffixes() -> dict[str, Unit]:
    """Unit by the currency word or sign behind the number."""
    names = {name: code for code, name in Locale.parse("zh").currencies.items() if _plain_name(code, name)}
    names.update({row.word: row.code for row in knowledge.table("numbers/money/currencies.csv", Alias)})
    names.update({w: c for row in _symbols() if row.name != "word" for w, c in zip(row.words, row.codes, strict=True)})
    units = {word: Unit("currency", "money", code, code) for word, code in names.items()}
    for row in knowledge.rows("numbers/money", "coin", Coin):
        unit = Unit(
            row.name, "money", "CNY", "CNY", Decimal(row.factor),
            unless=row.unless, unless_before=row.unless_before, only_after=row.only_after,
        )  # fmt: skip
        units.update(dict.fromkeys(row.words, unit))
    return units


def prefixes() -> dict[str, Unit]:
    """Unit by the sign, code or word before the number; its rule is the row's name."""
    pairs = ((row.name, w, c) for row in _symbols() for w, c in zip(row.words, row.codes, strict=True))
    return {w: Unit(name, "money", c, c) for name, w, c in pairs}


class Money:
    """Reads what may follow a currency word: 角 and 分, /吨, 每平方米, and what denies that it is money."""

    def __init__(self) -> None:
        self.rates = knowledge.table("numbers/money/rates.csv", Rate)
        self.guard = knowledge.rows("numbers/money", "guard", Guard)[0]
        per = alternation([w for row in knowledge.rows("numbers/money", "per", Per) for w in row.words])
        self.per_after = regex.compile(rf"(?:\ ?/\ ?|每)(?<per>{per})")
        self.per_before = regex.compile(rf"(?r)每(?<per>{per})[^\d，。；：、]{{0,4}}")
        paying = alternation([w for row in knowledge.rows("numbers/money", "paying", Per) for w in row.words])
        self.paying = regex.compile(rf"(?r)(?:{paying})[近约了只才仅就超足]{{0,2}}")
        n = "(?:[一二两三四五六七八九]|[1-9])"
        self.change = regex.compile(rf"(?<jiao>{n})角(?:(?<fen>{n})分)?")
        scales = {
            w: Decimal(v)
            for r in knowledge.rows("numbers/money", "scale", ScaleRow)
            for w, v in zip(r.words, r.values, strict=True)
        }
        self.scales = scales
        self.scale = regex.compile(rf"\ ?(?<scale>{alternation(list(scales))})(?![A-Za-z])", regex.IGNORECASE)

    def converted(self, text: str, amounts: list[Number]) -> list[Number]:
        """The amounts, those in 元 that brackets convert into yuan with their own currency by the rate between both."""
        if "人民币" not in text:
            return amounts
        found = list(amounts)
        for n, (a, b) in enumerate(pairwise(amounts)):
            if a.currency == b.currency == "CNY" and text.endswith("元", a.start, a.end):
                sign = CONVERTED.fullmatch(text, a.end, b.start)
                if sign and ("人民币" in sign.group() or text.endswith("人民币", b.start, b.end)):
                    currency = self._by_rate(a, b)
                    found[n] = replace(a, currency=currency, unit=currency)
        return found

    def _by_rate(self, a: Number, b: Number) -> str:
        """The one currency whose rates hold the rate between both amounts; XXX for none or several."""
        amount, yuan = (n.value if n.value is not None else n.low for n in (a, b))
        if not amount or not yuan:
            return UNKNOWN
        fitting = [r.code for r in self.rates if Decimal(r.low) <= amount / yuan <= Decimal(r.high)]
        return fitting[0] if len(fitting) == 1 else UNKNOWN

    def denied(self, text: str, start: int, word: str, end: int, bare: bool) -> bool:
        """True where 元 is no money: in 三元锂电池, and for a bare 一元 with no word of price around it."""
        if word not in ("元", "人民币", "块钱", "毛", "角"):
            return False
        if word == "元" and self.guard.unless.match(text, end):
            return True
        around = text[max(0, start - 4) : start] + text[end : end + 2]
        return bare and not self.guard.small.search(around)

    def found(self, text: str, start: int, end: int, unit: Unit, word: str) -> Found:
        """The unit with its 角 and 分 and its measure, as they stand behind `end` or before `start`."""
        extra = Decimal(0)
        if word == "元" and (m := self.change.match(text, end)):
            small = digits().small
            extra = Decimal(small(m["jiao"])) / 10 + (Decimal(small(m["fen"])) / 100 if m["fen"] else 0)
            end = m.end()
        m = self.per_after.match(text, end)
        return Found(unit, end, extra, m["per"] if m else self.each(text, start))

    def pays(self, text: str, start: int, end: int) -> bool:
        """Whether 块 is money for what stands before it, nothing counted behind it: 只收15块加工费, not 5块金牌."""
        free = end == len(text) or not text[end].isalnum() or text[end] in "的加还就都"
        return free and self.paying.match(text, max(0, start - 6), start) is not None

    def each(self, text: str, start: int) -> str | None:
        """What 每 before the number counts by: 每吨3500元, 每亩增产30公斤."""
        m = self.per_before.match(text, max(0, start - 9), start) if "每" in text else None
        return m["per"] if m else None


def _symbols() -> tuple[SymbolRow, ...]:
    return knowledge.rows("numbers/money", "symbol", SymbolRow)


def _plain_name(code: str, name: str) -> bool:
    """CLDR also names metals, units of account and currencies with years; those are no words of a text."""
    return len(name) > 1 and not code.startswith("X") and not set(name) & set("()（）–- ")
