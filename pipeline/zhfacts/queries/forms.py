"""An answer as CSV and as JSON, a line at a time.

Example: the row (远岚集团, Decimal("5.70")) is '远岚集团,5.7' and '{"subject": "远岚集团", "exact": "5.7"}'.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from zhfacts import sheets
from zhfacts.errors import InputError
from zhfacts.plain import as_json, plain
from zhfacts.queries.database import Answer
from zhfacts.tables.lazy import as_parquet

FIGURE: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""A plain number, which is no formula though it begins with a minus."""


GROUPED: Final = 10_000
"""From here on figures are shown in groups of three digits; years are not."""


def chunks(answer: Answer, form: str) -> Iterator[bytes]:
    """The answer as a file of the form csv (with the mark by which Excel knows UTF-8), json or parquet."""
    if form == "parquet":
        table = answer.table()
        _refuse_twice(table.column_names)
        yield as_parquet(table)
        return
    if form == "csv":
        yield sheets.MARK
    yield from (line.encode() for line in (csv if form == "csv" else json)(answer))


def csv(answer: Answer) -> Iterator[str]:
    """The answer as CSV; a cell that a spreadsheet would run stands behind an apostrophe."""
    yield sheets.line(map(sheets.defused, answer.columns))
    for row in answer.rows():
        yield sheets.line(map(cell, row))


def json(answer: Answer) -> Iterator[str]:
    """The answer as a list of objects, one on each line; decimals are strings, for they are exact."""
    columns = answer.columns
    _refuse_twice(columns)
    before = "[\n"
    for row in answer.rows():
        values = {name: tidy(value) for name, value in zip(columns, row, strict=True)}
        yield f"{before}{as_json(values)}"
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _refuse_twice(columns: list[str]) -> None:
    for name in columns:
        if columns.count(name) > 1:
            raise InputError(f"two columns of the answer are named {name!r}; name one of them with AS")


def shown(value: object, longest: int) -> str:
    """A value as people read it in a table: nothing for null, long texts cut, money without an exponent."""
    value = tidy(value)
    if isinstance(value, float):
        text = f"{value:.15g}"
        return f"{value:,.15g}" if abs(value) >= GROUPED and "e" not in text else text
    text = as_json(value) if isinstance(value, list | dict) else "" if value is None else str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def cell(value: object) -> object:
    """A value as a cell; only words of documents can hold a formula, numbers are left as they are."""
    value = tidy(value)
    if isinstance(value, list | dict):
        value = as_json(value)
    return sheets.defused(value) if isinstance(value, str) and not FIGURE.fullmatch(value) else value


def tidy(value: object) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(name): tidy(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return plain(value) if value.is_finite() else None
    return str(value) if isinstance(value, time | timedelta | UUID) else plain(value)
