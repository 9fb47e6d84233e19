"""What changed between two runs: facts added and removed, and of the others which columns.

Example: 3亿元 is still there, but its subject went from 甲公司 to 乙公司.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhfacts.errors import InputError
from zhfacts.regression.baseline import PLACE, Facts, Row, known, of_facts, order, read, row_of
from zhfacts.regression.match import matched

__all__ = ["Change", "Report", "compare", "load", "of_facts"]
MOVING: Final = ("subject_line", "attribute_line", "attributed_line")
"""Lines that shift with the fact: they are compared as lines away from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that was added (no `old`), removed (no `new`) or changed, with column, old and new value."""

    source: str
    old: Row | None
    new: Row | None
    fields: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def what(self) -> str:
        """added, removed, changed, or moved where nothing but the place is another."""
        if self.old is None or self.new is None:
            return "removed" if self.new is None else "added"
        return "moved" if [name for name, *_ in self.fields] == ["place"] else "changed"

    @property
    def row(self) -> Row:
        """The fact as it is now, or as it was."""
        row = self.new if self.new is not None else self.old
        assert row is not None  # noqa: S101  # one of both is there
        return row


@dataclass(frozen=True, slots=True)
class Report:
    """All changes in order of document and place, how many facts are as before, and what was compared."""

    changes: tuple[Change, ...]
    same: int
    columns: tuple[str, ...]

    @property
    def documents(self) -> dict[str, list[Change]]:
        """The changes by document."""
        found: defaultdict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            found[change.source].append(change)
        return dict(found)

    @property
    def counts(self) -> Counter[str]:
        """How many facts were added, removed, changed and moved."""
        return Counter(change.what for change in self.changes)

    @property
    def fields(self) -> Counter[str]:
        """In how many facts each column has changed."""
        return Counter(name for change in self.changes for name, *_ in change.fields)


def load(path: Path) -> Facts:
    """The facts of a folder of tables or of a baseline; InputError where there is neither."""
    if not path.exists():
        what = "give a folder that `zhfacts extract` wrote, or a baseline of `zhfacts accept`"
        raise InputError(f"no such file or folder: {path}; {what}")
    if not path.is_dir():
        return read(path)
    from zhfacts.tables import frames, publish

    return Facts(sorted(map(row_of, frames.records(path, "facts", publish.read_info(path))), key=order))


def compare(old: Facts, new: Facts, ignored: Iterable[str] = ()) -> Report:
    """The changes from one run to another in all columns that both have, but for those that are ignored."""
    left_out = known(ignored)
    if not (old.quotes and new.quotes):
        old, new = old.shortened(), new.shortened()
    columns = tuple(name for name in new.columns if name in old.columns and name not in left_out)
    place = "place" not in left_out
    before, now = _by_source(old.rows), _by_source(new.rows)
    changes, same = [], 0
    for source in sorted({*before, *now}):
        pairs, gone, come = matched(before.get(source, []), now.get(source, []))
        found = [Change(source, a, b, tuple(_fields(a, b, columns, place))) for a, b in pairs]
        same += sum(1 for change in found if not change.fields)
        found = [change for change in found if change.fields]
        found += [*(Change(source, row, None) for row in gone), *(Change(source, None, row) for row in come)]
        changes += sorted(found, key=lambda change: (order(change.row), change.what))
    return Report(tuple(changes), same, columns)


def _by_source(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["source"]].append(row)
    return found


def _fields(old: Row, new: Row, columns: Collection[str], place: bool) -> Iterator[tuple[str, Any, Any]]:
    """Columns in which two rows differ."""
    if place and any(old[name] != new[name] for name in PLACE):
        yield "place", where(old), where(new)
    for name in columns:
        if name in PLACE:
            continue
        a, b = old.get(name), new.get(name)
        if name in MOVING and a is not None and b is not None and a - old["line_start"] == b - new["line_start"]:
            continue
        if a != b:
            yield name, a, b


def where(row: Row) -> str:
    """Line and column of a fact as they are shown: 2:13."""
    return f"{row['line_start']}:{row['col_start']}"
