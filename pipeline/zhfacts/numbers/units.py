"""What stands behind a numeral and makes it a quantity: one form for percent signs and currencies alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

import regex

from zhfacts.records import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit word and how the number before it is read; `rule` names the row it comes from."""

    rule: str
    kind: Kind
    unit: str
    currency: str | None = None
    factor: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)
    most: Decimal | None = None
    unless: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None
    only_after: regex.Pattern[str] | None = None
    small: bool = True
    """Whether a Chinese numeral below ten with this unit is a claim: 三年, but not 三个."""
    ucum: str | None = None

    def read(self, value: Decimal) -> Decimal | None:
        """The value in this unit, None where it makes no sense: 三成 -> 30, 八五折 -> 85, 12成 -> None."""
        if self.most is not None and value > self.most:
            return None
        factor = self.factor
        if self.rule == "discount" and value >= 10:
            factor = Decimal(1)
        return (value + self.plus) * factor


@dataclass(frozen=True, slots=True)
class Found:
    """A unit word found behind a numeral: where it ends, and what it adds (4元6角, 元/吨)."""

    unit: Unit
    end: int
    extra: Decimal = Decimal(0)
    per_unit: str | None = None
    more: bool = False
    """True where the unit word itself opens the number: 3个多月."""


EXACTLY: Final = Context(prec=100)
"""Digits that reckoning with numerals keeps: Python's own 28 round longer ones, or refuse them."""


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 1.20E+3 -> 1200."""
    value = value.normalize(EXACTLY)
    whole = value == value.to_integral_value(context=EXACTLY) and value.adjusted() < EXACTLY.prec
    return value.quantize(Decimal(1), context=EXACTLY) if whole else value
