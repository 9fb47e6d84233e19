"""Questions in SQL to published tables, answered by DuckDB: read-only, and shut off from files and the network.

Example: `ask(Path("outputs"), info, "SELECT subject, value FROM facts WHERE kind = 'money'")`.
The tables are views over Arrow datasets, so that DuckDB itself opens no file: it may open none at all. One thread
answers, so that sums and orders are the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from zhfacts.errors import InputError
from zhfacts.queries.faults import explained
from zhfacts.tables.lazy import lazy
from zhfacts.tables.schema import SCHEMAS

SETTINGS: Final[dict[str, str | int | float | list[str]]] = {
    "threads": 1,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
LOCKS: Final = ("python_enable_replacements = false", "enable_external_access = false", "lock_configuration = true")
"""What is set when the tables are there, in this order: no variables of Python, no files, no settings any more."""
ASKING: Final = ("SELECT", "EXPLAIN")
FIGURES: Final = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT)")
Params = Mapping[str, object] | None
BATCH: Final = 1_000


@dataclass(frozen=True)
class Answer:
    """The rows that answer a question, computed when they are first asked for."""

    connection: duckdb.DuckDBPyConnection
    sql: str
    params: Params

    @cached_property
    def _described(self) -> list[tuple[str, str]]:
        """Name and type of each column."""
        with explained(self.sql):
            told = self.connection.execute(self.sql, dict(self.params or {})).description
        return [(name, str(kind)) for name, kind, *_ in told or []]

    @property
    def columns(self) -> list[str]:
        """Names in order; one may stand twice."""
        return [name for name, _ in self._described]

    @property
    def figures(self) -> set[int]:
        """Which columns, from 0, hold numbers."""
        return {at for at, (_, kind) in enumerate(self._described) if FIGURES.fullmatch(kind)}

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Values as Python has them, row by row, once."""
        if self._described:
            while rows := self._next():
                yield from rows

    def _next(self) -> list[tuple[Any, ...]]:
        with explained(self.sql):
            return self.connection.fetchmany(BATCH)

    def table(self) -> pa.Table:
        """All rows as an Arrow table."""
        with explained(self.sql):
            return self.connection.sql(self.sql, params=dict(self.params or {})).to_arrow_table()


def ask(out: Path, info: dict[str, Any], sql: str, params: Params = None) -> Answer:
    """Put one SELECT to the tables in `out`; InputError, with what to do, where it cannot be answered."""
    connection = duckdb.connect(":memory:", config=SETTINGS)
    with explained(sql):
        _refuse_commands(connection.extract_statements(sql))
    for name in _named(sql):
        connection.register(name, lazy(out, name, info))
    for lock in LOCKS:
        connection.execute(f"SET {lock}")
    return Answer(connection, sql, params)


def _refuse_commands(statements: Sequence[Any]) -> None:
    """InputError for anything but one question."""
    if len(statements) != 1:
        count = len(statements) or "no"
        raise InputError(f"there are {count} statements in the query; give one SELECT")
    kind = statements[0].type.name
    if kind not in ASKING:
        raise InputError(f"{kind} is refused, for the tables can only be read; give a SELECT")


def _named(sql: str) -> list[str]:
    """The tables that a query may mean, all where it names none: SHOW TABLES asks for them."""
    return [name for name in SCHEMAS if re.search(rf"\b{name}\b", sql, re.IGNORECASE)] or list(SCHEMAS)
