"""One file of rules as text: its rows made into frozen objects, each fault named with file, line and mend.

Example: a row that says `wrods = ["%"]` is refused with rules.toml:3 and "did you mean 'words'?".
"""

from __future__ import annotations

import csv
import difflib
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

import regex

from zhfacts.documents import ROLES
from zhfacts.errors import RuleError
from zhfacts.records import BOUNDS, KINDS

Row = TypeVar("Row")
CLOSED: Final[Mapping[str, tuple[str, ...]]] = {
    "bound": BOUNDS,
    "kind": KINDS,
    "role": ROLES,
    "change": ("up", "down"),
    "comparison": ("above", "below"),
}
"""Columns that go into a fact as they stand, and what the contract lets them hold."""
NUMBERS: Final = frozenset({"factor", "plus", "most"})
"""Columns of text that are read as exact decimals."""


@dataclass(frozen=True, slots=True)
class File:
    """A rule file and its text, which is all that is read of it."""

    path: Path
    text: str


def build(file: File, table: str, number: int, values: dict[str, Any], row: type[Row]) -> Row:
    """The n-th row of a table as a `row` object."""
    known = {f.name: f for f in fields(row)}  # type: ignore[arg-type]  # row is always a dataclass
    types_of = typing.get_type_hints(row)
    for key in values:
        if key not in known:
            where = place(file, table, number, key)
            raise RuleError(f"{where}: unknown key {key!r} in [[{table}]]: {near(key, known, 'keys')}")
    for name, f in known.items():
        if name not in values and f.default is MISSING and f.default_factory is MISSING:
            raise RuleError(f"{place(file, table, number)}: [[{table}]] lacks {name!r}: add it to this row")
    built = {key: _typed(place(file, table, number, key), key, value, types_of[key]) for key, value in values.items()}
    words = built.get("words", ())
    for key in ("values", "codes"):
        if built.get(key) and len(built[key]) != len(words):
            where = place(file, table, number, key)
            raise RuleError(f"{where}: {len(built[key])} {key} for {len(words)} words: give one for each word")
    return row(**built)


def near(name: str, known: Collection[str], what: str) -> str:
    """The mend for a name that is not known, e.g. `did you mean 'words'?`."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"known {what}: {', '.join(sorted(known))}"


def _typed(where: str, key: str, value: Any, wanted: Any) -> Any:
    if typing.get_origin(wanted) is types.UnionType:
        wanted = next(t for t in typing.get_args(wanted) if t is not types.NoneType)
    if typing.get_origin(wanted) is tuple:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise RuleError(f'{where}: {key!r} must be a list of words, as in {key} = ["约", "近"]')
        return tuple(value)
    if regex.Pattern in (wanted, typing.get_origin(wanted)):
        return _pattern(str(value), where)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise RuleError(f"{where}: {key!r} must be of type {wanted.__name__}, not {type(value).__name__}")
    if key in CLOSED and value not in CLOSED[key]:
        raise RuleError(f"{where}: {key} = {value!r} is none of {', '.join(CLOSED[key])}")
    if key in NUMBERS and isinstance(value, str) and value and not _is_number(value):
        raise RuleError(f'{where}: {key} = {value!r} is no number: write it like "0.1"')
    return value


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _pattern(source: str, where: str) -> Any:
    """A compiled pattern of the regex package; a broken one is refused with its place."""
    try:
        return regex.compile(source)
    except regex.error as error:
        raise RuleError(f"{where}: broken pattern {source!r}: {error}") from error


def refuse_doubles(file: File, table: str, raw: list[dict[str, Any]]) -> None:
    """RuleError where a name or a word stands twice in a table."""
    seen: set[tuple[str, str]] = set()
    for number, values in enumerate(raw):
        names = [("name", values["name"])] if "name" in values else []
        for what, text in [*names, *(("word", w) for w in values.get("words", []))]:
            if (what, text) in seen:
                where = place(file, table, number, text)
                raise RuleError(f"{where}: {what} {text!r} stands twice in [[{table}]]: keep one of the two")
            seen.add((what, text))


def place(file: File, table: str, number: int, text: str = "") -> str:
    """file:line of the n-th [[table]], or of `text` within it."""
    at, first = -1, 0
    for n, line in enumerate(file.text.splitlines(), 1):
        head = line.partition("#")[0].strip()
        if head.startswith("[["):
            if at == number:
                break
            if head == f"[[{table}]]":
                at, first = at + 1, n
        elif at == number and text and text in line.partition("#")[0]:
            return f"{file.path}:{n}"
    return f"{file.path}:{first}" if first else str(file.path)


def cells(file: File, row: type[Row]) -> dict[str, Row]:
    """The rows of a CSV file by their first cell; the first line that is no comment is the header."""
    known = [f.name for f in fields(row)]  # type: ignore[arg-type]  # row is always a dataclass
    found: dict[str, Row] = {}
    lines = [(n, line) for n, line in enumerate(file.text.splitlines(), 1) if line.strip() and line[0] != "#"]
    read = [(n, [cell.strip() for cell in next(csv.reader([line]))]) for n, line in lines]
    if not read or read[0][1] != known:
        raise RuleError(f"{file.path}:{read[0][0] if read else 1}: the header must be {','.join(known)}")
    for n, values in read[1:]:
        if len(values) != len(known):
            raise RuleError(f"{file.path}:{n}: {len(values)} cells where the header has {len(known)}: mend this line")
        if not values[0]:
            raise RuleError(f"{file.path}:{n}: no {known[0]}: fill it in")
        if values[0] in found:
            raise RuleError(f"{file.path}:{n}: {values[0]!r} stands twice: keep one of the two")
        found[values[0]] = row(*values)
    return found
