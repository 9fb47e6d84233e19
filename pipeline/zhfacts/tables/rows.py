"""From the results of documents to rows of the six tables, and the digest of rows.

Example: `build([result], [])["facts"]` has the result's facts in order of position. Rows lie in the order of
results; entities are merged by id.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from zhfacts.documents import Document
from zhfacts.errors import InvariantError
from zhfacts.records import Entity, Reject, Result
from zhfacts.tables.schema import COLUMNS, SCHEMAS, WORDS

_EXACT_DIGITS = 26
"""Integer digits that decimal128(38, 12) leaves room for."""
_REJECT_ORDER = ("source", "line_start", "stage", "reason", "surface", "detail")


def reject_key(reject: Reject) -> tuple[tuple[bool, Any], ...]:
    """Sort key in which nothing comes before something."""
    values = (getattr(reject, name) for name in _REJECT_ORDER)
    return tuple((value is not None, value if value is not None else 0) for value in values)


def build(kept: list[Result], rejects: list[Reject]) -> dict[str, pa.Table]:
    """The six tables of results with a document, by name."""
    facts = [fact for r in kept for fact in sorted(r.facts, key=attrgetter("byte_start", "byte_end"))]
    places = attrgetter("byte_start", "byte_end", "entity_id")
    mentions = [mention for r in kept for mention in sorted(r.mentions, key=places)]
    documents = [r.document for r in kept if r.document is not None]
    rows = {
        "facts": map(_VALUES["facts"], facts),
        "entities": _entities(kept, Counter(f.subject_id for f in facts), Counter(m.entity_id for m in mentions)),
        "mentions": map(_VALUES["mentions"], mentions),
        "documents": _documents(documents, Counter(f.doc_id for f in facts), rejects),
        "lines": _lines(documents),
        "rejects": map(_VALUES["rejects"], rejects),
    }
    return {name: table(name, rows[name]) for name in SCHEMAS}


_VALUES: Final[Mapping[str, Callable[[Any], tuple[Any, ...]]]] = {
    name: attrgetter(*(column for column, *_ in COLUMNS[name])) for name in ("facts", "mentions", "rejects")
}
"""A record's values in the order of its table's columns."""


def _entities(kept: list[Result], facts: Counter[str | None], mentions: Counter[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of entities, those of the same id merged, sorted by id."""
    merged: dict[str, list[Entity]] = {}
    for entity in (entity for result in kept for entity in result.entities):
        merged.setdefault(entity.entity_id, []).append(entity)
    for key in sorted(merged):
        same = merged[key]
        name = same[0].name
        aliases = {alias for entity in same for alias in (*entity.aliases, entity.name)} - {name}
        iso = next((entity.iso for entity in same if entity.iso), None)
        yield key, name, same[0].type, sorted(aliases), iso, mentions[key], facts[key]


def _documents(documents: list[Document], facts: Counter[str], rejects: list[Reject]) -> Iterator[tuple[Any, ...]]:
    """Rows of documents, with the numbers of their facts and rejects."""
    refused = Counter((reject.doc_id, reject.source) for reject in rejects)
    for d in documents:
        read = (d.doc_id, d.source, list(d.copies), d.sha256, d.size, d.encoding, d.stream, len(d.lines))
        counts = facts[d.doc_id], refused[d.doc_id, d.source]
        yield (*read, d.characters, d.title, d.publisher, d.published, *counts)


def _lines(documents: list[Document]) -> Iterator[tuple[Any, ...]]:
    """Rows of lines, document after document."""
    for d in documents:
        heading = cache(d.heading_at)  # many lines stand under one
        for k, line in enumerate(d.lines):
            place = d.doc_id, line.number, line.byte_start, line.byte_end, line.text, line.role
            context = line.page, d.article_of(line), heading(d.headings[k] if d.headings else None)
            yield *place, *context, line.origin_start, line.origin_end


def table(name: str, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Rows as an Arrow table of the contract's schema; InvariantError where a value does not fit."""
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = []
    for field, values in zip(schema, columns, strict=True):
        try:
            arrays.append(_array(field, values))
        except (KeyError, pa.ArrowException, TypeError, OverflowError) as error:
            place = f"table {name}, column {field.name}, row {_unfit(field, values)}"
            raise InvariantError(f"{place}: {error}; nothing was published, please report this") from error
    return pa.Table.from_arrays(arrays, schema=schema)


def _unfit(field: pa.Field, values: tuple[Any, ...]) -> int | None:
    """Number of the first row whose value a column cannot hold."""
    for row, value in enumerate(values):
        try:
            _array(field, (value,))
        except (KeyError, pa.ArrowException, TypeError, OverflowError):
            return row
    return None


def _array(field: pa.Field, values: tuple[Any, ...]) -> pa.Array:
    """One column; a dictionary always holds all its words, so that the bytes do not hang on the rows."""
    if pa.types.is_dictionary(field.type):
        number = {word: i for i, word in enumerate(WORDS[field.name])} | {None: None}
        indices = pa.array([number[value] for value in values], pa.int32())
        return pa.DictionaryArray.from_arrays(indices, pa.array(WORDS[field.name], pa.string()))
    if pa.types.is_decimal(field.type):
        return pa.array([_fitting(value) for value in values], field.type)
    return pa.array(values, field.type)


def _fitting(value: Decimal | None) -> Decimal | None:
    """A decimal that the column holds without rounding, else None."""
    if value is None or not value.is_finite():
        return None
    digits = format(value, "f").lstrip("-")
    whole, _, part = digits.partition(".")
    fits = len(whole.lstrip("0")) <= _EXACT_DIGITS and len(part.rstrip("0")) <= 38 - _EXACT_DIGITS
    return Decimal(f"{'-' * (value < 0)}{whole}.{part.rstrip('0') or '0'}") if fits else None


_PIECE = 4096
"""Rows that are written at once."""


_PRIME: Final = 2**256 - 189
_BASE: Final = int.from_bytes(hashlib.sha256(b"zhfacts rows").digest())


class Digest:
    """A digest of a table's rows in their order, the same whatever wrote the table, in whatever pieces.

    A row is a line of JSON with sorted keys; floats stand as their shortest decimal form, dates as ISO 8601, decimals
    without trailing zeros. The SHA-256s of all rows are the digits of one number to a fixed base, modulo a prime: so
    the digest of two tables one behind the other follows from theirs, and many workers can each make their part.
    """

    def __init__(self, value: int = 0, count: int = 0) -> None:
        self.value, self.count = value, count

    def update(self, rows: pa.Table) -> None:
        """Take the next rows."""
        value, sha256, number = self.value, hashlib.sha256, int.from_bytes
        for at in range(0, rows.num_rows, _PIECE):
            for row in _lines_of(rows.slice(at, _PIECE)):
                value = (value * _BASE + number(sha256(row).digest())) % _PRIME
        self.value, self.count = value, self.count + rows.num_rows

    def append(self, other: Digest) -> None:
        """Take the rows that another digest is of."""
        self.value = (self.value * pow(_BASE, other.count, _PRIME) + other.value) % _PRIME
        self.count += other.count

    def hex(self) -> str:
        """The digest of all rows so far, hexadecimal."""
        return hashlib.sha256(f"{self.count}:{self.value:x}".encode()).hexdigest()


def digest(rows: pa.Table) -> str:
    """The digest of a whole table's rows."""
    total = Digest()
    total.update(rows)
    return total.hex()


def _lines_of(rows: pa.Table) -> list[bytes]:
    """Each row as a line of JSON with sorted keys, in UTF-8. Arrow joins the columns; Python takes twice as long."""
    parts: list[Any] = []
    for n, name in enumerate(sorted(rows.column_names)):
        parts += [pa.scalar(f'{"," if n else "{"}"{name}":'), _written(rows.column(name))]
    whole = pc.binary_join_element_wise(*parts, pa.scalar("}\n"), "")
    lines: list[bytes] = whole.cast(pa.binary()).to_pylist()
    return lines


def _written(column: pa.ChunkedArray) -> Any:
    """A column's values as JSON writes them."""
    if column.null_count == len(column):
        return pa.scalar("null")
    if pa.types.is_dictionary(column.type) or str(column.type) in _QUOTED:
        quoted = _escaped(column.cast(pa.string()))
        return pc.fill_null(pc.binary_join_element_wise(pa.scalar('"'), quoted, pa.scalar('"'), ""), "null")
    if pa.types.is_integer(column.type):
        return pc.fill_null(column.cast(pa.string()), "null")
    write = _WRITERS.get(str(column.type), _as_json)
    return pa.array(["null" if value is None else write(value) for value in column.to_pylist()], pa.string())


def _escaped(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts as JSON has them within quotation marks."""
    if not pc.any(pc.match_substring_regex(texts, _SPECIAL)).as_py():
        return texts
    written = [None if text is None else encode_basestring(text)[1:-1] for text in texts.to_pylist()]
    return pa.chunked_array([written], pa.string())


_QUOTED: Final = frozenset({"string", "date32[day]"})
"""Types whose values Arrow writes as JSON does, but for the quotation marks and what is escaped within."""
_SPECIAL: Final = r'["\\\x00-\x1f]'
"""What JSON escapes."""


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _decimal(value: Decimal) -> str:
    """A decimal without trailing zeros, as text."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return '"0"' if text in {"-0", ""} else f'"{text}"'


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else _as_json(value)


_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {"double": _float, "decimal128(38, 12)": _decimal}
"""What is written often, and needs no look at its type."""
