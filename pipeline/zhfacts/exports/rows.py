"""Facts as JSON Lines and as CSV for a spreadsheet, all columns, a row at a time.

Example: the surface =8.7% of a document is "'=8.7%" in CSV, so that no spreadsheet runs it; -27.6 in `value` stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhfacts import sheets
from zhfacts.plain import as_json, plain
from zhfacts.tables.lazy import batches
from zhfacts.tables.schema import COLUMNS

WORDS = frozenset(name for name, kind, *_ in COLUMNS["facts"] if kind == "string")
"""Columns that may hold words of a document."""


def facts(out: Path, info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts of a run in order, by column."""
    for rows in batches(out, "facts", info):
        yield from rows


def tidy(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it: days as ISO 8601, decimals as exact strings."""
    return {name: plain(value) for name, value in row.items()}


def jsonl(out: Path, info: dict[str, Any]) -> Iterator[bytes]:
    """A JSON object for each fact, on a line of its own."""
    for row in facts(out, info):
        yield f"{as_json(tidy(row))}\n".encode()


def csv(out: Path, info: dict[str, Any]) -> Iterator[bytes]:
    """A header and a record for each fact, after the mark by which Excel knows UTF-8; nothing for null."""
    yield sheets.MARK
    yield sheets.line(name for name, *_ in COLUMNS["facts"]).encode()
    for row in facts(out, info):
        yield sheets.line(_cell(name, value) for name, value in tidy(row).items()).encode()


def _cell(name: str, value: Any) -> object:
    return sheets.defused(value) if name in WORDS and value is not None else value
