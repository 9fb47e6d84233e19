"""The contract's invariants of a fact: one that breaks any of them becomes a reject.

Example: a fact whose bytes decode to 8.7％ but whose surface says 8.7% is turned into a reject.
A reason names the invariant that failed: `provenance` (1: bytes decode to surface), `position` (1: line and
column lead to the same bytes), `schema` (2: words, nulls and keys of columns), `kind` (3: kind decides which
columns are filled), `reading` (4: surface read again gives the same value), `order` (5: facts of one document
do not overlap). What holds for whole tables is checked in tables/audit.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from zhfacts.documents import Document, encode
from zhfacts.records import BOUNDS, KINDS, MODALITIES, STATISTICS, TIME_KINDS, Fact, Reject

FIXED_UNIT: Final = {
    "percent": "%",
    "percentage_point": "pp",
    "year": "year",
    "date": "date",
    "multiple": "x",
}
LINE_END: Final = re.compile(r"\r\n|\r|\n")
"""Lines end here and nowhere else; str.splitlines knows more ends."""
_KIND_COLUMNS: Final = ("kind", "value", "low", "high", "unit", "currency", "when")
_FILLED: Final = ("fact_id", "doc_id", "source", "surface", "quote", "kind", "unit", "bound", "rule", "modality")
_filled = attrgetter(*_FILLED)
Again = Callable[[Fact], str | None]
"""Says how a fact's surface, read again, gives another value, if it does; the stage above has what can read."""


def keep_provable(
    document: Document, facts: Iterable[Fact], again: Again | None = None, known: Collection[str] | None = None
) -> tuple[tuple[Fact, ...], tuple[Reject, ...]]:
    """Facts that keep the invariants in order of position, and a reject for each of the others.

    `document.raw` must still hold the text stream; `known` are the ids of its entities. Where two facts overlap,
    the one that begins first stays.
    """
    kept: list[Fact] = []
    rejects: list[Reject] = []
    behind, ruler = 0, Ruler(document.encoding)
    for fact in sorted(facts, key=lambda fact: (fact.byte_start, -fact.byte_end, fact.kind)):
        fault = _fault(document, fact, ruler) or _schema_fault(fact, known)
        if fault is None and again and (wrong := again(fact)):
            fault = "reading", wrong
        if fault is None and fact.byte_start < behind:
            fault = "order", f"overlaps {kept[-1].surface!r} on line {kept[-1].line_start}"
        if fault is None:
            kept.append(fact)
            behind = fact.byte_end
        else:
            at = (fact.source, fact.doc_id, "check", fact.line_start, fact.surface)
            rejects.append(Reject(*at, reason=fault[0], detail=fault[1]))
    return tuple(kept), tuple(rejects)


def _fault(document: Document, fact: Fact, ruler: Ruler) -> tuple[str, str] | None:
    """Name of the invariant that a fact breaks on its own, and how."""
    there = decode(document.raw, fact.byte_start, fact.byte_end, document.encoding)
    if there is None or not stands_in(fact.surface, there):
        return "provenance", f"bytes {fact.byte_start}-{fact.byte_end} hold {there!r}"
    places = [("start", fact.line_start, fact.col_start, fact.byte_start)]
    places += [("end", fact.line_end, fact.col_end, fact.byte_end)]
    for name, number, column, byte in places:
        line = document.lines[number - 1] if 1 <= number <= len(document.lines) else None
        if line is None or ruler.byte(number, line.text, line.byte_start, column) != byte:
            return "position", f"line {number}, column {column} is not byte {byte}, its {name}"
    if wrong := origin_fault(fact.origin_start, fact.origin_end):
        return "position", wrong
    fault = kind_fault({name: getattr(fact, name) for name in _KIND_COLUMNS})
    return ("kind", fault) if fault else None


def _schema_fault(fact: Fact, known: Collection[str] | None) -> tuple[str, str] | None:
    """The first column of a fact that breaks invariant 2."""
    if None in _filled(fact):
        name = next(name for name in _FILLED if getattr(fact, name) is None)
        return "schema", f"{name} is null"
    if known is not None and fact.subject_id is not None and fact.subject_id not in known:
        return "schema", f"subject_id {fact.subject_id} is no entity of the document"
    words = ((fact.kind, KINDS), (fact.bound, BOUNDS), (fact.modality, MODALITIES))
    for word, allowed in (*words, *([(fact.statistic, STATISTICS)] if fact.statistic else [])):
        if word not in allowed:
            return "schema", f"{word!r} is none of {', '.join(allowed)}"
    return None


def decode(raw: bytes, start: int, end: int, encoding: str) -> str | None:
    """Text of raw[start:end], None where it is outside of the stream or not valid in the encoding."""
    if not 0 <= start < end <= len(raw):
        return None
    try:
        return raw[start:end].decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        return None


def stands_in(surface: str, there: str) -> bool:
    """Whether `surface` is `there`, but for furniture on lines between that is left out.

    Example: 8.7% stands in a span whose two lines have a page number's line between 8. and 7%.
    """
    if surface == there:
        return True
    if not surface or not LINE_END.search(there) or len(surface) > len(there):
        return False
    head = _common(surface, there)
    tail = _common(surface[::-1], there[::-1])
    return (min(head, tail) > 0 and head + tail >= len(surface)) or _without_lines(surface, there)


def _without_lines(surface: str, there: str) -> bool:
    """Whether `surface` is `there` without some of its lines, of which the first and the last stay."""
    wanted, lines = LINE_END.split(surface), LINE_END.split(there)
    rest = iter(lines)
    return (wanted[0], wanted[-1]) == (lines[0], lines[-1]) and all(line in rest for line in wanted)


def _common(one: str, other: str) -> int:
    """Length of the longest common beginning of two strings."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class Ruler:
    """Bytes at columns of a document's lines, each line measured but once where columns rise."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._line: object = None
        self._column = self._byte = 0

    def byte(self, line: int, text: str, byte_start: int, column: int) -> int | None:
        """Byte at which the character at `column` begins, None where the line is shorter."""
        if not 0 <= column <= len(text):
            return None
        if line != self._line or column < self._column:
            self._line, self._column, self._byte = line, 0, byte_start
        self._byte += len(encode(text[self._column : column], self._encoding))
        self._column = column
        return self._byte


def origin_fault(start: int | None, end: int | None) -> str | None:
    """How a place in an HTML file is none: both ends are known or neither, and something lies between them."""
    if (start is None) != (end is None) or (start is not None and end is not None and not 0 <= start < end):
        return f"bytes {start}-{end} are no place in a file"
    return None


def kind_fault(row: Mapping[str, Any]) -> str | None:
    """How a row of facts breaks invariant 3 (kind decides which columns are filled), if it does."""
    kind, value, low, high = row["kind"], row["value"], row["low"], row["high"]
    faults = (
        ((row["currency"] is not None) != (kind == "money"), "money and nothing else has a currency"),
        ((row["when"] is not None) != (kind in TIME_KINDS), "year and date and nothing else have when"),
        (row["unit"] != FIXED_UNIT.get(kind, row["unit"]), f"unit of {kind} is not {FIXED_UNIT.get(kind)}"),
        ((low is None) != (high is None), "a range has two ends"),
        (low is not None and high is not None and not low <= high, "low is above high"),
        (low is not None and value is not None, "a range has no value"),
        (kind == "date" and value is not None, "a date has no value"),
    )
    return next((message for broken, message in faults if broken), None)
