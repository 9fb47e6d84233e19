"""Percent and percentage points: 8.7%, 三成半, 百分之五, 1.2个百分点."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import regex

from zhfacts import knowledge
from zhfacts.numbers.units import Unit
from zhfacts.records import Kind


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A word behind the number."""

    name: str
    kind: str
    words: tuple[str, ...]
    unit: str
    factor: str = "1"
    plus: str = "0"
    most: str = ""
    unless: regex.Pattern[str] | None = None
    unless_before: regex.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class PrefixRow:
    """A word before the number: 百分之."""

    name: str
    words: tuple[str, ...]
    factor: str


def suffixes() -> dict[str, Unit]:
    """Unit by the word behind the number."""
    found: dict[str, Unit] = {}
    for row in knowledge.rows("numbers/ratios", "unit", UnitRow):
        kind: Kind = "percent" if row.kind == "percent" else "percentage_point"
        unit = Unit(
            row.name, kind, row.unit, None, Decimal(row.factor), Decimal(row.plus),
            Decimal(row.most) if row.most else None,
            row.unless, row.unless_before,
        )  # fmt: skip
        found.update(dict.fromkeys(row.words, unit))
    return found


def prefixes() -> dict[str, Unit]:
    """Unit by the word before the number."""
    rows = knowledge.rows("numbers/ratios", "prefix", PrefixRow)
    return {w: Unit(r.name, "percent", "%", None, Decimal(r.factor)) for r in rows for w in r.words}
