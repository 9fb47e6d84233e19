"""Digits behind a unit that belong to its number: 四成五 is 45%, 1米85 is 1.85米, 三块五 is 3.5元."""

from __future__ import annotations

from decimal import Decimal

import regex

from zhfacts.numbers.digits import digits
from zhfacts.numbers.units import Unit

CN = "一二两三四五六七八九"
TENTHS = regex.compile(rf"[{CN}](?![\d{CN}十百千万亿零点成折个多余几]|分之)")
DECIMALS = regex.compile(rf"(?:\d{{1,2}}(?![\d.,%])|[{CN}]{{1,2}})(?![{CN}十百千万亿点多余几])")
LENGTHS = frozenset({"米"})
COINS = frozenset({"块"})


def tail(text: str, end: int, unit: Unit, word: str) -> tuple[Decimal, int]:
    """(what the digits behind the unit add to the value, where they end); (0, end) where none belong to it."""
    if unit.rule == "tenths":
        m = TENTHS.match(text, end)
        return (Decimal(digits().small(m.group())), m.end()) if m else (Decimal(0), end)
    if word in LENGTHS or word in COINS:
        m = DECIMALS.match(text, end)
        if m:
            return Decimal(f"0.{''.join(str(digits().small(c)) for c in m.group())}"), m.end()
    return Decimal(0), end
