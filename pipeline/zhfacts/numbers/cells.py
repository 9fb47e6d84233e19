"""Numbers of table cells, whose unit may stand in the header: 120.5 under 出口额（亿美元）."""

from __future__ import annotations

import re
from dataclasses import replace

from zhfacts.numbers.counts import STATED
from zhfacts.numbers.digits import digits
from zhfacts.numbers.scan import find
from zhfacts.numbers.tokens import MINUS
from zhfacts.numbers.units import plain
from zhfacts.records import Number

BARE = re.compile(r"\D{0,2}\d[\d,. ]*(?:[—–~-]\d[\d,.]*)?[百千万亿]*")
"""A cell without a unit, a sign or hedge before it at most."""
WIDE_MINUS = "－"
LONGEST = 40
"""Characters of the longest cell that is read."""
LONGEST_LEAD = 4
"""Characters of the words before a cell's number: 约, 同比增长."""
PROBE = "35"
"""A figure by which a unit is tried."""


def read(cell: str, unit: str | None) -> Number | None:
    """The number that a cell states, with its own unit or else with `unit`; None where it states none.

    `unit` "" says that the cell counts things without a unit word: 120 under 企业数.
    """
    if len(cell) > LONGEST:
        return None
    cell = cell.replace(WIDE_MINUS, "-")
    sign = len(cell) - len(cell.lstrip("+"))
    if not BARE.fullmatch(cell, sign):
        found = _whole(cell[sign:], sign)
        return None if found and found.kind == "fraction" and "/" in cell else found
    if unit:
        found = _whole(cell[sign:] + unit, sign)
        return replace(found, end=len(cell), shared=unit) if found else None
    return _count(cell, sign) if unit == "" else None


def kind_of(word: str) -> str | None:
    """The kind of number that a word of a header makes, None where it is no unit: 亿美元 -> money, 同比 -> None."""
    found = _whole(PROBE + word, 0) if word and len(word) <= LONGEST else None
    return found.kind if found else None


def _whole(text: str, offset: int) -> Number | None:
    """The one number that `text` consists of, a few words before it at most; moved right by `offset`."""
    found = find(text)
    rest = f"/{found[0].per_unit}" if len(found) == 1 and found[0].per_unit else ""
    if len(found) != 1 or text[found[0].end :] not in ("", rest):
        return None
    lead = text[: found[0].start]
    if len(lead) > LONGEST_LEAD or (lead and not lead.isalpha() and found[0].bound == "="):
        return None
    return replace(found[0], start=found[0].start + offset, end=len(text) + offset)


def _count(cell: str, offset: int) -> Number | None:
    """A count without a unit word; amounts and ranges without a unit say too little."""
    minus = cell[offset] in MINUS
    m = digits().pattern.fullmatch(cell, offset + minus)
    numeral = digits().numeral(m) if m else None
    if numeral is None or numeral.value is None:
        return None
    value = plain(-numeral.value if minus else numeral.value)
    return Number(offset, len(cell), STATED.kind, STATED.rule, STATED.unit, value)
