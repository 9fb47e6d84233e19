"""What must hold for tables: types, nulls, words, keys, and what pyarrow can compare for all rows at once.

Example: `table_faults(tables)` names table, column and first bad row for every breach, [] where there is none.
A fact that fails was made a reject long before (tables/check.py); what is found here is an error of ours in
a table, and stops the publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from zhfacts.errors import InvariantError
from zhfacts.records import TIME_KINDS
from zhfacts.tables.check import FIXED_UNIT
from zhfacts.tables.schema import FOREIGN, KEYS, SCHEMAS, WORDS

Tables = Mapping[str, pa.Table]
Rule = tuple[str, str, Callable[[Callable[[str], Any]], Any]]
"""Column, what is wrong, and the mask of the rows for which it is, from a function that gives a column."""


def check_tables(tables: Tables, first: Mapping[str, int] | None = None, elsewhere: Collection[str] = ()) -> None:
    """Raise InvariantError with table, column and first bad row where tables break the contract.

    The tables may be a stretch of larger ones that holds whole documents; `first` then numbers their first rows,
    and `elsewhere` are ids of documents in the rest.
    """
    finding = next(iter(table_faults(tables, first, elsewhere)), None)
    if finding is not None:
        raise InvariantError(f"{finding}; nothing was published, please report this as a bug of zhfacts")


def table_faults(tables: Tables, first: Mapping[str, int] | None = None, elsewhere: Collection[str] = ()) -> list[str]:
    """Breaches of invariants 2, 3 and 5, and places that can be none, one for each column at most."""
    faults = [*_missing(tables)]
    if faults:
        return faults  # keys can be looked up only where the columns are there
    found = [fault for name in SCHEMAS for fault in _column_faults(name, tables[name])]
    found += _key_faults(tables, elsewhere)
    found += [fault for name, rules in RULES.items() for fault in _rule_faults(name, rules, tables[name])]
    found += _order_faults(tables)
    begin = first or {}
    return [
        f"table {name}, column {column}, row {row + begin.get(name, 0)}: {what}" for name, column, row, what in found
    ]


Fault = tuple[str, str, int, str]


def _missing(tables: Tables) -> Iterator[str]:
    """Tables that are not there or have other columns."""
    for name, schema in SCHEMAS.items():
        if name not in tables:
            yield f"table {name} is missing"
        elif not tables[name].schema.equals(schema):
            yield _schema_fault(name, tables[name].schema, schema)


def _schema_fault(table: str, found: pa.Schema, expected: pa.Schema) -> str:
    """First column whose name, type or nullability is not the contract's."""
    for field in expected:
        if field.name not in found.names:
            return f"table {table}, column {field.name}: missing"
        if not found.field(field.name).equals(field):
            return f"table {table}, column {field.name}: {found.field(field.name)}, expected {field}"
    return f"table {table}: columns {', '.join(found.names)}, expected {', '.join(expected.names)}"


def _column_faults(name: str, table: pa.Table) -> Iterator[Fault]:
    """Columns with a null or a word that the contract does not allow."""
    for field in table.schema:
        column = table.column(field.name)
        if not field.nullable and column.null_count:
            yield name, field.name, _first(column.is_null()), "null"
        if pa.types.is_dictionary(field.type):
            for row, word in _unknown(column.cast(pa.string()), pa.array(WORDS[field.name])):
                yield name, field.name, row, repr(word)


def _key_faults(tables: Tables, elsewhere: Collection[str]) -> Iterator[Fault]:
    """Keys that occur twice, and keys that lead nowhere."""
    for name, keys in KEYS.items():
        columns = [tables[name].column(column).cast(pa.string()) for column in keys]
        for row, word in _twice(pc.binary_join_element_wise(*columns, "/")):
            yield name, keys[-1], row, f"{word!r} occurs twice"
    for name, key, into, other in FOREIGN:
        known = tables[into].column(other).combine_chunks()
        known = pa.concat_arrays([known, pa.array(elsewhere, pa.string())]) if into == "documents" else known
        for row, word in _unknown(tables[name].column(key), known):
            yield name, key, row, f"{word!r} is not in {into}"


def _twice(column: pa.ChunkedArray) -> Iterator[tuple[int, str]]:
    """The first row whose word has been met before."""
    if pc.count_distinct(column, mode="all").as_py() == len(column):
        return
    seen: set[object] = set()
    for row, word in enumerate(column.to_pylist()):
        if word in seen:
            yield row, word
            return
        seen.add(word)


def _unknown(column: pa.ChunkedArray, known: pa.Array) -> Iterator[tuple[int, str]]:
    """The first row whose word is neither null nor among the known ones."""
    strange = pc.and_(column.is_valid(), pc.invert(pc.is_in(column, value_set=known)))
    if len(column) and pc.any(strange).as_py():
        row = _first(strange)
        yield row, column[row].as_py()


def _first(mask: pa.ChunkedArray) -> int:
    """Number of the first row for which the mask is true."""
    return int(pc.index(mask, True).as_py())


def _is(kind: str) -> Callable[[Callable[[str], Any]], Any]:
    return lambda c: pc.equal(c("kind"), kind)


def _differ(one: Any, other: Any) -> Any:
    return pc.xor(one, other)


def _unit_rule(kind: str, unit: str) -> Rule:
    is_kind = _is(kind)
    return "unit", f"unit of {kind} is not {unit}", lambda c: pc.and_(is_kind(c), pc.not_equal(c("unit"), unit))


_PLACE_RULES: Final[tuple[Rule, ...]] = (
    ("line_start", "lines count from 1", lambda c: pc.less(c("line_start"), 1)),
    ("line_end", "ends above its beginning", lambda c: pc.less(c("line_end"), c("line_start"))),
    ("col_start", "columns count from 0", lambda c: pc.less(c("col_start"), 0)),
    ("byte_start", "bytes count from 0", lambda c: pc.less(c("byte_start"), 0)),
    ("byte_end", "holds no byte", lambda c: pc.less_equal(c("byte_end"), c("byte_start"))),
)
_ORIGIN_RULES: Final[tuple[Rule, ...]] = (
    ("origin_start", "one end alone", lambda c: _differ(pc.is_valid(c("origin_start")), pc.is_valid(c("origin_end")))),
    ("origin_end", "holds no byte", lambda c: pc.less_equal(c("origin_end"), c("origin_start"))),
)
RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "facts": (
        *_PLACE_RULES,
        *_ORIGIN_RULES,
        (
            "currency",
            "money and nothing else has a currency",
            lambda c: _differ(pc.is_valid(c("currency")), _is("money")(c)),
        ),
        (
            "when",
            "year and date and nothing else have when",
            lambda c: _differ(pc.is_valid(c("when")), pc.is_in(c("kind"), value_set=pa.array(sorted(TIME_KINDS)))),
        ),
        *(_unit_rule(kind, unit) for kind, unit in FIXED_UNIT.items()),
        ("low", "a range has two ends", lambda c: _differ(pc.is_valid(c("low")), pc.is_valid(c("high")))),
        ("low", "low is above high", lambda c: pc.greater(c("low"), c("high"))),
        ("value", "a range has no value", lambda c: pc.and_(pc.is_valid(c("low")), pc.is_valid(c("value")))),
        ("value", "a date has no value", lambda c: pc.and_(_is("date")(c), pc.is_valid(c("value")))),
    ),
    "mentions": _PLACE_RULES,
    "lines": (
        ("line", "lines count from 1", lambda c: pc.less(c("line"), 1)),
        ("byte_end", "ends before it begins", lambda c: pc.less(c("byte_end"), c("byte_start"))),
        *_ORIGIN_RULES,
    ),
}
"""Invariant 3, and what of invariant 1 can be said of the row alone."""


def _rule_faults(name: str, rules: tuple[Rule, ...], table: pa.Table) -> Iterator[Fault]:
    """The first row of each rule that is broken."""
    if not table.num_rows:
        return
    plain = {
        field.name: table[field.name].cast(pa.string()) if pa.types.is_dictionary(field.type) else table[field.name]
        for field in table.schema
    }
    for column, what, mask in rules:
        broken = pc.fill_null(mask(plain.__getitem__), False)
        if pc.any(broken).as_py():
            yield name, column, _first(broken), what


def _order_faults(tables: Tables) -> Iterator[Fault]:
    """Facts that begin before the fact above them in the same document ends, and lines that do not rise."""
    for name, begin, end, what in (
        ("facts", "byte_start", "byte_end", "not behind the fact before it"),
        ("lines", "byte_start", "byte_end", "not behind the line before it"),
    ):
        table = tables[name].select(["doc_id", begin, end]).combine_chunks()
        below, above = table.slice(1), table.slice(0, max(0, table.num_rows - 1))
        same = pc.equal(below["doc_id"], above["doc_id"])
        broken = pc.and_(same, pc.less(below[begin], above[end]))
        if below.num_rows and pc.any(broken).as_py():
            yield name, begin, _first(broken) + 1, what
