"""The only reader of rules/: it loads, checks and freezes what the stages know.

A stage names a module ("numbers/money"), a table in its rules.toml and the dataclass of a row; unknown keys,
wrong types, double names and broken patterns are refused with file, line and mend.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import tomllib
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import regex

from zhfacts.errors import RuleError

Row = TypeVar("Row")


@cache
def rules_dir() -> Path:
    """The folder of rules: the checkout's if the package runs from one, else the copy in the wheel."""
    package = Path(__file__).resolve().parent
    for folder in (package.parent.parent / "rules", package / "_rules"):
        if (folder / "README.md").is_file():
            return folder
    raise RuleError(f"no rules found beside {package}: install zhfacts again, or run it from a checkout")


def files() -> Iterator[Path]:
    """All files of rules/ that decide facts (corpora do not), in a fixed order."""
    for path in sorted(rules_dir().rglob("*")):
        if path.suffix in {".toml", ".csv"} and path.name != "corpus.toml":
            yield path


@cache
def digest() -> str:
    """SHA-256 over the names and bytes of the rule files, as hex."""
    total = hashlib.sha256()
    for path in files():
        name = path.relative_to(rules_dir()).as_posix().encode()
        data = path.read_bytes()
        total.update(b"%d:%b%d:%b" % (len(name), name, len(data), data))
    return total.hexdigest()


def modules() -> list[str]:
    """Names of all rule modules, e.g. "numbers/money"."""
    return sorted(p.parent.relative_to(rules_dir()).as_posix() for p in rules_dir().rglob("rules.toml"))


def rows(module: str, table: str, row: type[Row]) -> tuple[Row, ...]:
    """The rows [[table]] of a module's rules.toml as frozen `row` objects, in the order of the file."""
    return parse(rules_dir() / module / "rules.toml", table, row)


def tables(module: str) -> frozenset[str]:
    """Names of the tables that a module's rules.toml holds."""
    return frozenset(_load(rules_dir() / module / "rules.toml"))


def parse(path: Path, table: str, row: type[Row]) -> tuple[Row, ...]:
    """`rows` for a file given by its path."""
    raw = _load(path).get(table, [])
    if not isinstance(raw, list):
        raise RuleError(f"{path}: [{table}] must be written [[{table}]], once for each row")
    found = [_build(path, table, number, values, row) for number, values in enumerate(raw)]
    _refuse_doubles(path, table, raw)
    return tuple(found)


@cache
def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: not valid TOML: {error}. Mend that line, then try again") from error


def _build(path: Path, table: str, number: int, values: dict[str, Any], row: type[Row]) -> Row:
    known = {f.name: f for f in fields(row)}  # type: ignore[arg-type]  # row is always a dataclass
    types_of = typing.get_type_hints(row)
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            mend = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            raise RuleError(f"{_place(path, table, number, key)}: unknown key {key!r} in [[{table}]]: {mend}")
    for name, f in known.items():
        if name not in values and f.default is MISSING and f.default_factory is MISSING:
            raise RuleError(f"{_place(path, table, number)}: [[{table}]] lacks {name!r}: add it to this row")
    built = {key: _typed(_place(path, table, number, key), key, value, types_of[key]) for key, value in values.items()}
    return row(**built)


def _typed(place: str, key: str, value: Any, wanted: Any) -> Any:
    if typing.get_origin(wanted) is types.UnionType:
        wanted = next(t for t in typing.get_args(wanted) if t is not types.NoneType)
    if typing.get_origin(wanted) is tuple:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise RuleError(f'{place}: {key!r} must be a list of words, as in {key} = ["约", "近"]')
        return tuple(value)
    if regex.Pattern in (wanted, typing.get_origin(wanted)):
        return pattern(str(value), place)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise RuleError(f"{place}: {key!r} must be of type {wanted.__name__}, not {type(value).__name__}")
    return value


def pattern(source: str, place: str) -> Any:
    """A compiled pattern of the regex package; a broken one is refused with its place."""
    try:
        return regex.compile(source)
    except regex.error as error:
        raise RuleError(f"{place}: broken pattern {source!r}: {error}") from error


def _refuse_doubles(path: Path, table: str, raw: list[dict[str, Any]]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, values in enumerate(raw):
        words = values.get("words", [])
        keys = [("name", values["name"])] if "name" in values else []
        for what, text in [*keys, *(("word", w) for w in words)]:
            if (what, text) in seen:
                here = _place(path, table, number, text)
                raise RuleError(f"{here}: {what} {text!r} stands twice in [[{table}]]: keep one of the two")
            seen[what, text] = number


def _place(path: Path, table: str, number: int, text: str = "") -> str:
    """file:line of the n-th [[table]], or of `text` within it."""
    at = -1
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip().startswith("[["):
            if at == number and line.strip() == f"[[{table}]]":
                break
            at += line.strip() == f"[[{table}]]"
            first = n
        if at == number and text and text in line.partition("#")[0]:
            return f"{path}:{n}"
    return f"{path}:{first}" if at >= 0 else str(path)


def table(name: str, row: type[Row]) -> tuple[Row, ...]:
    """The rows of a CSV file under rules/ (header line first) as frozen `row` objects; all cells are text."""
    path = rules_dir() / name
    known = [f.name for f in fields(row)]  # type: ignore[arg-type]  # row is always a dataclass
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(line for line in file if not line.startswith("#"))
        header = next(reader, [])
        if header != known:
            raise RuleError(f"{path}:1: the header must be {','.join(known)}")
        found = []
        for cells in reader:
            if len(cells) != len(known):
                raise RuleError(f"{path}:{reader.line_num}: {len(cells)} cells where the header has {len(known)}")
            found.append(row(*cells))
    return tuple(found)
