"""The contract's invariants: what is checked before anything is published.

Example: a fact whose bytes decode to 8.7％ but whose surface says 8.7% is turned into a reject.
A reason names the invariant that failed: `provenance` (bytes decode to surface), `position` (line and
column lead to the same bytes), `kind` (kind decides which columns are filled), `order` (facts of one
document do not overlap). pyarrow is imported on use, for `extract` needs only the first half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from zhfacts.documents import Document, encode
from zhfacts.errors import InvariantError
from zhfacts.records import TIME_KINDS, Fact, Reject

if TYPE_CHECKING:
    import pyarrow as pa

_FIXED_UNIT: Final = {
    "percent": "%",
    "percentage_point": "pp",
    "year": "year",
    "date": "date",
    "multiple": "x",
}
LINE_END: Final = re.compile(r"\r\n|\r|\n")
"""Lines end here and nowhere else; str.splitlines knows more ends."""
_KIND_COLUMNS: Final = ("kind", "value", "low", "high", "unit", "currency", "when")


def keep_provable(document: Document, facts: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[Reject, ...]]:
    """Facts that keep invariants 1, 3 and 5 in order of position, and a reject for each of the others.

    `document.raw` must still hold the text stream. Where two overlap, the one that begins first stays.
    """
    kept: list[Fact] = []
    rejects: list[Reject] = []
    behind, ruler = 0, Ruler(document.encoding)
    for fact in sorted(facts, key=lambda fact: (fact.byte_start, -fact.byte_end, fact.kind)):
        fault = _fault(document, fact, ruler)
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


def decode(raw: bytes, start: int, end: int, encoding: str) -> str | None:
    """Text of raw[start:end], None where it is outside of the stream or not valid in the encoding."""
    if not 0 <= start < end <= len(raw):
        return None
    try:
        return raw[start:end].decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError:
        return None


def stands_in(surface: str, there: str) -> bool:
    """Whether `surface` is `there`, or its head and its tail where furniture on lines between is left out.

    Example: 8.7% stands in a span whose two lines have a page number's line between 8. and 7%.
    """
    if surface == there:
        return True
    if not surface or not LINE_END.search(there) or len(surface) > len(there):
        return False
    head = _common(surface, there)
    tail = _common(surface[::-1], there[::-1])
    return min(head, tail) > 0 and head + tail >= len(surface)


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
        (row["unit"] != _FIXED_UNIT.get(kind, row["unit"]), f"unit of {kind} is not {_FIXED_UNIT.get(kind)}"),
        ((low is None) != (high is None), "a range has two ends"),
        (low is not None and high is not None and not low <= high, "low is above high"),
        (low is not None and value is not None, "a range has no value"),
        (kind == "date" and value is not None, "a date has no value"),
    )
    return next((message for broken, message in faults if broken), None)


def check_tables(tables: Mapping[str, pa.Table]) -> None:
    """Raise InvariantError with table, column and first bad row where invariant 2 is broken."""
    finding = next(iter(table_faults(tables)), None)
    if finding is not None:
        raise InvariantError(f"{finding}; nothing was published, please report this as a bug of zhfacts")


def table_faults(tables: Mapping[str, pa.Table]) -> list[str]:
    """Every breach of invariant 2 (types, nulls, words, keys) in tables, by name of the contract."""
    from zhfacts.tables.schema import SCHEMAS

    faults: list[str] = []
    for name, schema in SCHEMAS.items():
        if name not in tables:
            faults.append(f"table {name} is missing")
        elif not tables[name].schema.equals(schema):
            faults.append(_schema_fault(name, tables[name].schema, schema))
    if not faults:  # keys can be looked up only where the columns are there
        for name in SCHEMAS:
            faults += _column_faults(name, tables[name])
        faults += _key_faults(tables)
    return faults


def _schema_fault(table: str, found: pa.Schema, expected: pa.Schema) -> str:
    """First column whose name, type or nullability is not the contract's."""
    for field in expected:
        if field.name not in found.names:
            return f"table {table}, column {field.name}: missing"
        if not found.field(field.name).equals(field):
            return f"table {table}, column {field.name}: {found.field(field.name)}, expected {field}"
    return f"table {table}: columns {', '.join(found.names)}, expected {', '.join(expected.names)}"


def _column_faults(name: str, table: pa.Table) -> list[str]:
    """Columns with a null or a word that the contract does not allow."""
    import pyarrow as pa

    from zhfacts.tables.schema import WORDS

    faults = []
    for field in table.schema:
        column = table.column(field.name)
        if not field.nullable and column.null_count:
            faults.append(f"table {name}, column {field.name}, row {_first(column.is_null())}: null")
        if pa.types.is_dictionary(field.type):
            words = pa.array([*WORDS[field.name], None], pa.string())
            unknown = _unknown(column.cast(pa.string()), words)
            faults += [f"table {name}, column {field.name}, row {row}: {word!r}" for row, word in unknown]
    return faults


def _key_faults(tables: Mapping[str, pa.Table]) -> list[str]:
    """Keys that occur twice, and keys that lead nowhere."""
    faults = []
    for name, key in (("facts", "fact_id"), ("entities", "entity_id"), ("documents", "doc_id")):
        faults += _twice(name, key, tables[name].column(key).to_pylist())
    lines = tables["lines"]
    pairs = zip(lines.column("doc_id").to_pylist(), lines.column("line").to_pylist(), strict=True)
    faults += _twice("lines", "line", pairs)
    for name, key, into in (
        ("facts", "subject_id", "entities"),
        ("mentions", "entity_id", "entities"),
        ("facts", "doc_id", "documents"),
        ("mentions", "doc_id", "documents"),
        ("lines", "doc_id", "documents"),
        ("rejects", "doc_id", "documents"),
    ):
        known = tables[into].column("entity_id" if into == "entities" else "doc_id")
        for row, word in _unknown(tables[name].column(key), known):
            faults.append(f"table {name}, column {key}, row {row}: {word!r} is not in {into}")
    return faults


def _twice(table: str, column: str, keys: Iterable[object]) -> list[str]:
    """The first row whose key has been met before, as a list of one or none."""
    seen: set[object] = set()
    for row, key in enumerate(keys):
        if key in seen:
            return [f"table {table}, column {column}, row {row}: {key!r} occurs twice"]
        seen.add(key)
    return []


def _unknown(column: pa.ChunkedArray, known: pa.Array) -> list[tuple[int, str]]:
    """The first row whose word is neither null nor among the known ones, as a list of one or none."""
    words = set(known.to_pylist())
    for row, word in enumerate(column.to_pylist()):
        if word is not None and word not in words:
            return [(row, word)]
    return []


def _first(mask: pa.ChunkedArray) -> int:
    """Number of the first row for which the mask is true."""
    find: Callable[[Any], Any] = mask.to_pylist().index
    return int(find(True))
