"""Facts drawn by lot, for a person to correct: as many of each document as its share, the same for the same seed.

Example: `draw(facts, 100, seed=0)`; of each row `annotation_of` says what it would be as an annotation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from zhfacts.records import TIME_KINDS
from zhfacts.scoring.annotations import FIELDS, Annotation, annotation
from zhfacts.scoring.fields import Row
from zhfacts.scoring.pages import Page, squeezed
from zhfacts.scoring.times import written

LONGEST_QUOTE: Final = 1000
"""Characters of a sentence that are shown; spreadsheets take no more than 32,767 in a cell."""
FINEST: Final = 1000
"""Largest denominator that a fraction is given: 0.333… is 1/3."""


def draw(facts: Sequence[Row], size: int, seed: int) -> list[Row]:
    """`size` of the facts, all with the same chance: documents one after the other, shuffled, each n-th taken."""
    if size >= len(facts):
        return list(facts)
    chances = {fact["fact_id"]: _chance(seed, fact["fact_id"]) for fact in facts}
    shuffled = sorted(facts, key=lambda fact: (fact["source"], chances[fact["fact_id"]]))
    start = int(_chance(seed, "start"), 16) % len(facts)
    chosen = {shuffled[(k * len(facts) + start) // size]["fact_id"] for k in range(size)}
    return [fact for fact in facts if fact["fact_id"] in chosen]


def _chance(seed: int, name: str) -> str:
    """A number by lot, the same on every machine, as hex."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def row_of(fact: Row, page: Page) -> dict[str, Any]:
    """A fact as a row of the sheet."""
    return {**fields_of(fact, page), "quote": _quote(fact), "fact_id": fact["fact_id"]}


def annotation_of(fact: Row, page: Page) -> Annotation:
    """A fact as an annotation that says what it says."""
    return annotation("", fields_of(fact, page), fact["fact_id"])


def fields_of(fact: Row, page: Page) -> dict[str, Any]:
    """The fields of an annotation that says what the fact says."""
    text = squeezed(fact["surface"])
    start = page.at(fact["line_start"], fact["col_start"])
    said = {
        "doc": fact["source"],
        "line": fact["line_start"],
        "text": text,
        "occ": page.occurrence(fact["line_start"], text, start),
        "value": _value(fact),
        "time": _time(fact["period_start"], fact["period_end"]),
        **{name: fact[name] for name in ("kind", "unit", "bound", "change")},
        **{name: fact[name] and fact[name].strip() for name in ("basis", "subject", "attribute")},
        "subject_alt": [],
        "attribute_alt": [],
        "optional": False,
    }
    return {name: said[name] for name in FIELDS}


def _value(fact: Row) -> str | None:
    """The value as annotation has it: 1/3, 3/5 for a range, 2018/2022 for years, -0220 for one before Christ."""
    if fact["kind"] in TIME_KINDS:
        return _time(fact["date_start"], fact["date_end"]) or (None if "X" in fact["when"] else fact["when"])
    if fact["value"] is None:
        ranged = fact["low"] is not None and fact["kind"] != "fraction"  # 1/3 would be taken for one number
        return f"{_plain(fact['low'])}/{_plain(fact['high'])}" if ranged else None
    if fact["kind"] == "fraction":
        share = Fraction(fact["value"]).limit_denominator(FINEST)
        return f"{share.numerator}/{share.denominator}"
    return _plain(fact["value"] if fact["exact"] is None else fact["exact"])


def _plain(value: float | Decimal) -> str:
    """A number with all its digits and no more: 578400000000, 8.7."""
    digits = format(value if isinstance(value, Decimal) else Decimal(repr(value)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _time(first: date | None, last: date | None) -> str | None:
    return None if first is None or last is None else written(first, last)


def _quote(fact: Row) -> str:
    """The sentence for reading, on one line; a long one is cut around the number."""
    quote = " ".join(str(fact["quote"]).split())
    at = max(0, quote.find(squeezed(fact["surface"])) - LONGEST_QUOTE // 2)
    return quote if len(quote) <= LONGEST_QUOTE else quote[at : at + LONGEST_QUOTE]
