"""The only reader of rules/: it loads, checks and freezes what the stages know.

A stage names a module ("numbers/money"), a table in its rules.toml and the dataclass of a row; unknown keys,
wrong types, double names and broken patterns are refused with file, line and mend. A user's own rows lie over
ours: `overlay(DIR)` reads them once, `using(...)` holds for one document, `@built` keeps what either gives.
"""

from __future__ import annotations

import functools
import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import regex

from zhfacts.errors import RuleError
from zhfacts.rulefile import File, build, cells, near, refuse_doubles

Row = TypeVar("Row")
Made = TypeVar("Made")
PAIRED = ("values", "codes")
"""Columns whose n-th entry belongs to the n-th of `words`."""
MOST_KEPT = 4
"""Overlays for which what was built is kept, so that calls with different rules may take turns."""


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
    """SHA-256 over the names and bytes of the shipped rule files, as hex."""
    return _digest((path.relative_to(rules_dir()).as_posix(), path.read_bytes()) for path in files())


def _digest(named: Iterable[tuple[str, bytes]]) -> str:
    total = hashlib.sha256()
    for name, data in named:
        total.update(b"%d:%b%d:%b" % (len(name.encode()), name.encode(), len(data), data))
    return total.hexdigest()


def modules() -> list[str]:
    """Names of all rule modules, e.g. "numbers/money"."""
    return sorted(p.parent.relative_to(rules_dir()).as_posix() for p in rules_dir().rglob("rules.toml"))


def corpora() -> dict[str, File]:
    """The shipped examples, by the name of their module."""
    found = sorted(p.parent.relative_to(rules_dir()).as_posix() for p in rules_dir().rglob("corpus.toml"))
    return {module: shipped_file(f"{module}/corpus.toml") for module in found}


def tables(module: str) -> frozenset[str]:
    """Names of the tables that a module's rules.toml holds."""
    return frozenset(shipped(module))


def shipped(module: str) -> dict[str, Any]:
    """The tables of a module's own rules.toml as they stand there."""
    return load(shipped_file(f"{module}/rules.toml"))


@dataclass(frozen=True, slots=True)
class Overlay:
    """A user's own rules as they stood when a run began: the same for all its documents and processes."""

    root: Path
    files: tuple[File, ...]
    digest: str

    def file(self, name: str) -> File | None:
        """The file of that name under the overlay, e.g. numbers/money/currencies.csv."""
        return next((file for file in self.files if file.path == self.root / name), None)


_current: ContextVar[Overlay | None] = ContextVar("overlay", default=None)


def overlay(root: str | os.PathLike[str]) -> Overlay:
    """Read a folder laid out as rules/; RuleError for files and tables that none of ours goes by."""
    root = Path(root)
    if not root.is_dir():
        raise RuleError(f"{root}: no such folder; give one laid out as rules/, e.g. with numbers/ratios/rules.toml")
    found = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix not in {".toml", ".csv"} or name.startswith(".") or "/." in name:
            continue
        if name not in _known():
            raise RuleError(f"{path}: no rules are kept in {name!r}: {near(name, _known(), 'files')}")
        found.append(File(path, _text(path)))
    deciding = [file for file in found if file.path.name != "corpus.toml"]
    if not deciding:
        raise RuleError(f"{root}: no rules in it; lay it out as rules/, e.g. with numbers/ratios/rules.toml")
    for file in deciding:
        _refuse_unknown_tables(root, file)
    named = ((file.path.relative_to(root).as_posix(), file.text.encode()) for file in deciding)
    return Overlay(root, tuple(found), _digest(named))


@cache
def _known() -> frozenset[str]:
    """Names of the files that an overlay may have."""
    paths = (path for path in rules_dir().rglob("*") if path.suffix in {".toml", ".csv"})
    return frozenset(path.relative_to(rules_dir()).as_posix() for path in paths)


def _refuse_unknown_tables(root: Path, file: File) -> None:
    if file.path.name != "rules.toml":
        return
    ours = tables(file.path.parent.relative_to(root).as_posix())
    for name in load(file):
        if name not in ours:
            line = next((n for n, text in enumerate(file.text.splitlines(), 1) if name in text.partition("#")[0]), 1)
            raise RuleError(f"{file.path}:{line}: unknown table [[{name}]]: {near(name, ours, 'tables')}")


@contextmanager
def using(over: Overlay | None) -> Iterator[None]:
    """Lay an overlay (None: nothing) over the shipped rules, in this thread and until the end of the block."""
    token = _current.set(over)
    try:
        yield
    finally:
        _current.reset(token)


def overlay_digest() -> str | None:
    """SHA-256 of the overlay in use, as `digest` makes it; None where there is none."""
    over = _current.get()
    return over.digest if over else None


class Builder(Generic[Made]):
    """A function without arguments whose result is kept for the shipped rules and for each overlay in use."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self.make = make
        self.shipped: Made | None = None
        self.made: dict[str, Made] = {}
        functools.update_wrapper(self, make)
        _BUILDERS.append(self)

    def __call__(self) -> Made:
        """What the function makes of the rules in use."""
        over = _current.get()
        made = self.shipped if over is None else self.made.get(over.digest)  # no stage makes None
        return self._build(over) if made is None else made

    def _build(self, over: Overlay | None) -> Made:
        try:
            made = self.make()
        except (ValueError, ArithmeticError, LookupError, TypeError, regex.error) as error:
            if over is None:
                raise
            stage = self.make.__module__.removeprefix("zhfacts.")
            why = f"{type(error).__name__}: {error}"
            raise RuleError(
                f"{over.root}: its rows cannot be used by {stage}: {why}. Compare them with ours"
            ) from error
        if over is None:
            self.shipped = made
            return made
        for old in list(self.made)[: -MOST_KEPT + 1]:
            self.made.pop(old, None)
        self.made[over.digest] = made
        return made

    def cache_clear(self) -> None:
        """Build anew at the next call."""
        self.shipped = None
        self.made.clear()


_BUILDERS: list[Builder[Any]] = []


def built(make: Callable[[], Made]) -> Builder[Made]:
    """functools.cache for what is made of rules: the decorator of every stage's one instance."""
    return Builder(make)


def builders() -> tuple[Builder[Any], ...]:
    """Everything that stages imported so far build from rules."""
    return tuple(_BUILDERS)


def forget() -> None:
    """Build everything anew at its next call."""
    for builder in _BUILDERS:
        builder.cache_clear()


def rows(module: str, table: str, row: type[Row]) -> tuple[Row, ...]:
    """The rows [[table]] of a module's rules.toml as frozen `row` objects, in the order of the file.

    An overlay's rows come first, but for those that take the place of ours of the same name.
    """
    name = f"{module}/rules.toml"
    ours = _parse(shipped_file(name), table, row)
    over = _current.get()
    file = over.file(name) if over else None
    return _merged(_parse(file, table, row), ours) if file else ours


def parse(path: Path, table: str, row: type[Row]) -> tuple[Row, ...]:
    """`rows` for a file given by its path."""
    return _parse(File(path, _text(path)), table, row)


def _merged(theirs: tuple[Any, ...], ours: tuple[Any, ...]) -> tuple[Any, ...]:
    """Rows of an overlay over ours: same names replaced, words that both have left to the overlay."""
    named = {row.name: row for row in theirs}
    taken = {word for row in theirs for word in getattr(row, "words", ())}
    names = {row.name for row in ours}
    added = [row for row in theirs if row.name not in names]
    return (*added, *(named.get(row.name) or _without(row, taken) for row in ours))


def _without(row: Any, taken: set[str]) -> Any:
    """A row without some words and what is paired with them; one left without words knows nothing."""
    words = getattr(row, "words", ())
    left = [n for n, word in enumerate(words) if word not in taken]
    if len(left) == len(words):
        return row
    paired = {key: values for key in PAIRED if (values := getattr(row, key, ()))}
    return replace(row, **{key: tuple(values[n] for n in left) for key, values in {"words": words, **paired}.items()})


def _parse(file: File, table: str, row: type[Row]) -> tuple[Row, ...]:
    raw = load(file).get(table, [])
    if not isinstance(raw, list) or not all(isinstance(values, dict) for values in raw):
        raise RuleError(f"{file.path}: [{table}] must be written [[{table}]], once for each row")
    found = [build(file, table, number, values, row) for number, values in enumerate(raw)]
    refuse_doubles(file, table, raw)
    return tuple(found)


@cache
def load(file: File) -> dict[str, Any]:
    """The tables of a TOML file; RuleError with its line where it is none."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        at = regex.search(r"line (\d+)", str(error))
        where = f"{file.path}:{at[1] if at else file.text.count(chr(10)) + 1}"
        raise RuleError(f"{where}: not valid TOML: {error}. Mend that line, then try again") from error


@cache
def shipped_file(name: str) -> File:
    """A file of rules/ by its name, e.g. numbers/money/currencies.csv."""
    path = rules_dir() / name
    return File(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: cannot be read ({error}); save it as UTF-8 where you may read it") from error


def table(name: str, row: type[Row]) -> tuple[Row, ...]:
    """The rows of a CSV file under rules/ (header line first) as frozen `row` objects; all cells are text."""
    found = cells(shipped_file(name), row)
    over = _current.get()
    file = over.file(name) if over else None
    if file:
        found = {**found, **cells(file, row)}
    return tuple(found.values())
