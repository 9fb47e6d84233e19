"""Results as JSON and back, column by column, every value checked: what a cache entry holds is never trusted.

Example: two facts become {"value": [8.7, null], "exact": ["8.7", null], …}. JSON and not pickle, for whoever can
write into an output folder must not be able to run code in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from zhfacts.documents import Document, Line
from zhfacts.records import Entity, EntityMention, Fact, Reject, Result

LEFT_OUT = frozenset({"raw", "in_file", "source"})
"""Fields of which nothing is kept: what a result has lost already, and the file's name, which may change."""
MOST_INT = 2**31
PARTS = {"facts": Fact, "entities": Entity, "mentions": EntityMention, "rejects": Reject}


class BadEntry(ValueError):  # noqa: N818  # no error of ours: it never leaves the cache
    """What was read is not what `plain` writes."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A field's name, the JSON types and words it may hold, and the ways to JSON and back."""

    name: str
    types: frozenset[type]
    words: frozenset[Any] | None
    plain: Callable[[Any], Any] | None
    made: Callable[[Any], Any] | None


def plain(results: Sequence[Result], source: str) -> list[dict[str, Any]]:
    """Results of the file `source` as JSON can hold them, without this name; BadEntry where they cannot go by it."""
    return [_plain(result, source) for result in results]


def _plain(result: Result, source: str) -> dict[str, Any]:
    rows: tuple[Any, ...] = (*result.facts, *result.mentions, *result.rejects)
    named = {row.source for row in rows}
    if not result.source.startswith(source) or not named <= {result.source}:
        raise BadEntry("source")
    said: dict[str, Any] = {name: _table(row, getattr(result, name)) for name, row in PARTS.items()}
    if result.document is not None:
        said["document"] = _table(Document, [result.document])
        said["lines"] = _table(Line, result.document.lines)
    return {"record": result.source.removeprefix(source), **said}


def made(said: Any, source: str) -> list[Result]:
    """The results again, of a file that is now called `source`; BadEntry where anything is not as `plain` writes it."""
    try:
        return [_made(each, source) for each in said]
    except (TypeError, KeyError, ValueError, ArithmeticError, AttributeError) as error:
        raise BadEntry(str(error)) from error


def _made(said: dict[str, Any], file: str) -> Result:
    if type(said["record"]) is not str:
        raise BadEntry("record")
    source, document = file + said["record"], None
    if "document" in said:
        (document,) = _rows(Document, said["document"], source=source, lines=tuple(_rows(Line, said["lines"])))
    parts: dict[str, Any] = {
        name: tuple(_rows(row, said[name], source=source)) for name, row in PARTS.items() if row is not Entity
    }
    result = Result(source, document, entities=tuple(_rows(Entity, said["entities"])), **parts)
    _check_keys(result)
    return result


def _check_keys(result: Result) -> None:
    """BadEntry where a record leads to nothing: such a result could not be written to the tables."""
    entities = {None, *(entity.entity_id for entity in result.entities)}
    named = {*(fact.subject_id for fact in result.facts), *(mention.entity_id for mention in result.mentions)}
    document = result.document
    owners = {*(fact.doc_id for fact in result.facts), *(mention.doc_id for mention in result.mentions)}
    if not named <= entities or not owners <= ({document.doc_id} if document else set()):
        raise BadEntry("keys")
    if document is not None:
        count = len(document.lines)
        for indices in (document.articles, document.headings):
            if len(indices) not in {0, count}:
                raise BadEntry("lines")
        if any(index is not None and not 0 <= index < count for index in document.headings):
            raise BadEntry("headings")


def _table(row: type, rows: Sequence[Any]) -> dict[str, list[Any]]:
    """The columns of records of one kind."""
    found = {}
    for column in _columns(row):
        values = [getattr(each, column.name) for each in rows]
        found[column.name] = [column.plain(value) for value in values] if column.plain else values
    return found


def _rows(row: Any, table: dict[str, list[Any]], **more: Any) -> list[Any]:
    """Records of one kind from their columns; BadEntry for a value of another type or none of the words."""
    columns = []
    for column in _columns(row):
        values = table[column.name]
        if type(values) is not list or not set(map(type, values)) <= column.types:
            raise BadEntry(column.name)
        _check_values(values, column)
        if column.words is not None and not set(values) <= column.words:
            raise BadEntry(column.name)
        columns.append([column.made(value) for value in values] if column.made else values)
    if len({*map(len, columns)}) > 1:
        raise BadEntry(row.__name__)
    names = [column.name for column in _columns(row)]
    return [row(**dict(zip(names, values, strict=True)), **more) for values in zip(*columns, strict=True)]


def _check_values(values: list[Any], column: _Column) -> None:
    """BadEntry for what no table can hold: half characters, numbers out of range."""
    if str in column.types:
        "".join(value for value in values if value is not None).encode()
    elif (
        int in column.types and float not in column.types and max(map(abs, filter(None, values)), default=0) >= MOST_INT
    ):
        raise BadEntry(column.name)


@cache
def _columns(row: Any) -> tuple[_Column, ...]:
    """The columns of a kind of record, from its fields' types."""
    hints = get_type_hints(row)
    names = [name for name in hints if name not in LEFT_OUT]
    return tuple(_column(name, hints[name]) for name in names if not (row is Document and name == "lines"))


def _column(name: str, hint: Any) -> _Column:
    """The column of one field; TypeError for a type that none of our records has had so far."""
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    null = NoneType in options
    (kind,) = [option for option in options if option is not NoneType]
    if get_origin(kind) is Literal:
        words: frozenset[Any] = frozenset((*get_args(kind), *((None,) if null else ())))
        return _Column(name, frozenset({str, NoneType} if null else {str}), words, None, None)
    if get_origin(kind) is tuple:
        inner = _column(name, get_args(kind)[0])
        return _Column(name, frozenset({list}), None, list, lambda values: _tuple(values, inner))
    if kind in {date, Decimal}:
        back = date.fromisoformat if kind is date else _decimal
        return _Column(name, frozenset({str, NoneType} if null else {str}), None, _text, _or_none(back))
    plain_types: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int)}
    types = frozenset((*plain_types[kind], *((NoneType,) if null else ())))
    return _Column(name, types, None, None, None)


def _tuple(values: list[Any], inner: _Column) -> tuple[Any, ...]:
    if not set(map(type, values)) <= inner.types:
        raise BadEntry(inner.name)
    _check_values(values, inner)
    return tuple(values)


def _text(value: date | Decimal | None) -> str | None:
    return None if value is None else str(value)


def _or_none(back: Callable[[str], Any]) -> Callable[[str | None], Any]:
    return lambda value: None if value is None else back(value)


def _decimal(text: str) -> Decimal:
    """A number; not 1e999999999, which would take for ever to write out."""
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > 10_000:
        raise BadEntry(text[:20])
    return value
