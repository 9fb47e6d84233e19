"""What DuckDB says of a query it cannot answer, as one sentence with what is near.

Example: 'no column "subjct" in the query's tables; did you mean subject?'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Final

import duckdb

from zhfacts.errors import InputError
from zhfacts.tables.schema import COLUMNS

TABLE: Final = re.compile(r"Table with name \"?(.+?)\"? does not exist")
COLUMN: Final = re.compile(r"(?:Referenced column \"(.+?)\" not found|does not have a column named \"(.+?)\")")
WHEN: Final = re.compile(r'(?<!")\bwhen\b(?!")', re.IGNORECASE)
CASE: Final = re.compile(r"\bcase\b", re.IGNORECASE)
SHUT: Final = "system operations are disabled"
SEE: Final = "`zhfacts schema` lists tables and columns"


@contextmanager
def explained(sql: str) -> Iterator[None]:
    """Turn an error of DuckDB into an InputError."""
    try:
        yield
    except duckdb.Error as error:
        raise InputError(_sentence(str(error), sql)) from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # what DuckDB makes of Ctrl-C while it computes
            raise KeyboardInterrupt from None
        raise
    except ImportError as error:  # DuckDB asks for pytz where a value has a time zone
        raise InputError(f"a value of the answer cannot be shown ({error}); cast it: now()::TIMESTAMP") from error


def _sentence(message: str, sql: str) -> str:
    """What is wrong with a query, and what to write instead."""
    if found := TABLE.search(message):
        return f'no table "{found[1]}"; tables are {", ".join(COLUMNS)}{_near(found[1], COLUMNS)}'
    if found := COLUMN.search(message):
        name = str(found[1] or found[2])
        return f'no column "{name}" there{_column(name)}'
    if SHUT in message:
        return "a query may open no file and no address, only the tables of the run; " + SEE
    first = message.strip().split("\n")[0].strip()
    what = re.sub(r"^[\w ]*Error: ", "", first).rstrip(".!")
    if "syntax error" in what and WHEN.search(sql) and not CASE.search(sql):
        return f'{what}; the column "when" wants double quotes, for WHEN is a word of SQL'
    return f"the query cannot be answered ({what}); {SEE}"


def _column(name: str) -> str:
    """What to write instead of a column that is not there; words in double quotes are taken for one."""
    known = sorted({column for columns in COLUMNS.values() for column, *_ in columns})
    if not name.isascii() or " " in name:
        return f": text stands in single quotes, as '{name}'"
    return _near(name, known) or f"; {SEE}"


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
