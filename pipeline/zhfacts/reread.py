"""Invariant 4: a fact's surface, read again with what the fact records as shared, gives the fact's value.

Example: 3 with `shared` 万元 is 30000, 去年 with `reference` 2024-01-01 is 2023.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from zhfacts import knowledge
from zhfacts.layout.normalise import normalise
from zhfacts.link.dates import counted
from zhfacts.numbers.again import Reading, again
from zhfacts.records import Fact, When
from zhfacts.tables.check import LINE_END

COLUMNS: Final = ("surface", "kind", "rule", "value", "low", "high", "when", "shared", "reference")
"""What is looked at."""
KEPT: Final = 8192
"""Readings that are kept: most surfaces of a text come again."""
Check = Callable[[Mapping[str, Any]], str | None]


@knowledge.built
def readings() -> Callable[[str, str, str, str | None], Reading | None]:
    """Surfaces read again by kind, rule and shared words, each but once."""
    reader = again()

    @lru_cache(KEPT)
    def read(surface: str, kind: str, rule: str, shared: str | None) -> Reading | None:
        text = "".join(line.strip() for line in LINE_END.split(surface))
        return reader.read(normalise(text)[0] + (shared or ""), kind, rule)

    return read


_columns = attrgetter(*COLUMNS)


def fact_fault(fact: Fact) -> str | None:
    """How a fact breaks invariant 4, if it does."""
    return reading_fault(dict(zip(COLUMNS, _columns(fact), strict=True)))


def reading_fault(row: Mapping[str, Any]) -> str | None:
    """How a row of facts breaks invariant 4, if it does: says 9.7, and 8.7% reads as 8.7."""
    found = readings()(row["surface"], row["kind"], row["rule"], row["shared"])
    if found is None:
        return f"{row['surface']!r} cannot be read again as {row['kind']}"
    if found.when is not None:
        return _time_fault(row, found.when)
    read = tuple(None if value is None else float(value) for value in (found.value, found.low, found.high))
    told = row["value"], row["low"], row["high"]
    return None if read == told else f"value, low, high are {told}, and {row['surface']!r} reads as {read}"


def fault_by(over: knowledge.Overlay | None, row: Mapping[str, Any]) -> str | None:
    """`reading_fault` by rules that a user's own are laid over."""
    with knowledge.using(over):
        return reading_fault(row)


def _time_fault(row: Mapping[str, Any], when: When) -> str | None:
    """How a year or date is not what its words and its reference come to."""
    read = time_of(when, row["reference"])
    if read != row["when"]:
        return f"when is {row['when']}, and {row['surface']!r} reads as {read}"
    return None


@lru_cache(KEPT)
def time_of(when: When, reference: date | None) -> str:
    """A time in EDTF; many facts of a text name the same."""
    return counted(when, reference)
