"""Files of records, each a document of its own: JSONL and Parquet with a column of text.

Example: {"id": 7, "text": "增长8.7%"} in 新闻.jsonl is the document 新闻.jsonl#7.
A record that cannot be used is passed on as Bad with its row; the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from zhfacts.inputs.base import Fault, Limits, RefusedError, no_column, text_lines

DEFAULT_ID = "id"
OURS = b"zhfacts.table"
"""Key in the schema's metadata of the tables that a run writes."""
BATCH = 256
"""Rows of Parquet held at once."""
EXPANDED = 4
"""Times max_bytes that a row group may have once decompressed."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the text of a record stands, and its id: a column named `id` if there is one, else the row's number."""

    text: str = "text"
    id: str | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which a record cannot be used."""
        return (self.text,) if self.id is None else (self.text, self.id)


@dataclass(frozen=True, slots=True)
class Record:
    """One record's id and the lines of its text, or the bytes of a page of HTML that are still to be read."""

    name: str
    text: Sequence[str] | bytes


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that cannot be used: its row from 1 (None: the whole file), and why."""

    row: int | None
    fault: Fault


def jsonl(file: IO[bytes], columns: Columns, limits: Limits) -> Iterator[Record | Bad]:
    """Records of JSON lines; where no record has the columns, one Bad for the whole file that names those there are."""
    waiting: list[tuple[int, list[str]]] = []  # rows without the columns, until it is known whether any has them
    names: dict[str, None] = {}
    any_has = False
    for row, line in _numbered(file, limits.max_bytes):
        if isinstance(line, Bad):
            yield line
            continue
        found = _object(row, line)
        if not isinstance(found, dict):
            yield found
            continue
        missing = [name for name in columns.needed if name not in found]
        if missing:
            waiting.append((row, missing))
            names.update(dict.fromkeys(found) if len(names) < 1000 else {})
            continue
        any_has = True
        yield _record(row, found[columns.text], found.get(columns.id or DEFAULT_ID))
    if waiting and not any_has:
        yield Bad(None, no_column(waiting[0][1], sorted(names)))
    elif waiting:
        yield from (Bad(row, ("bad_row", f"No column {' and no column '.join(m)} in this row")) for row, m in waiting)


def _numbered(file: IO[bytes], most: int) -> Iterator[tuple[int, bytes | Bad]]:
    """Lines that are not blank, each with its number from 1; one that is too long is passed over unread."""
    row, empty = 0, True
    while line := file.readline(most + 1):
        row, whole = row + 1, line
        while len(line) > most and not line.endswith(b"\n"):
            line = file.readline(most + 1)
            whole = b""
        if row == 1:
            whole = whole.removeprefix(b"\xef\xbb\xbf")
        if not whole:
            yield row, Bad(row, ("too_large", f"More than {most} bytes in this row"))
        elif not whole.isspace():
            yield row, whole
        empty = empty and whole.isspace()
    if empty:
        raise RefusedError("empty", "No record")


def _object(row: int, line: bytes) -> dict[str, Any] | Bad:
    """A line's JSON object, or what it is instead."""
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Bad(row, ("bad_row", f"Byte {error.start} of this row is not UTF-8"))
    except (ValueError, RecursionError) as error:
        return Bad(row, ("bad_row", f"Not valid JSON ({error})"))
    return found if isinstance(found, dict) else Bad(row, ("bad_row", f"A JSON {type(found).__name__}, not an object"))


def _record(row: int, text: object, name: object) -> Record | Bad:
    """A record of its text and id; the row's number is the id where there is none."""
    if not isinstance(text, str):
        return Bad(row, ("bad_row", f"Its text is {'null' if text is None else type(text).__name__}, not a string"))
    lines = text_lines(text)
    if not any(line.strip() for line in lines):
        return Bad(row, ("empty", "No text in this row"))
    usable = isinstance(name, str | int) and not isinstance(name, bool) and name != ""
    return Record(str(name) if usable else str(row), lines)


def parquet(file: IO[bytes], columns: Columns, limits: Limits) -> Iterator[Record | Bad]:
    """Records of a Parquet file; refused where it has not the columns, or is a table of ours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file)
        schema = table.schema_arrow
        wanted = _columns(schema, columns)
        _check_size(table, limits)
        row = 0
        for batch in table.iter_batches(batch_size=BATCH, columns=wanted, use_threads=False):
            for values in zip(*(batch.column(name) for name in wanted), strict=True):
                row += 1
                yield _row(row, values)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:  # names that are not UTF-8, too
        why = str(error).partition("\n")[0]
        raise RefusedError("bad_parquet", f"Not Parquet that can be read ({why})") from error
    if not row:
        raise RefusedError("empty", "No record")


def _row(row: int, values: Sequence[Any]) -> Record | Bad:
    try:
        text, *name = (value.as_py() for value in values)
    except UnicodeDecodeError:
        return Bad(row, ("bad_row", "Its text or id is not UTF-8"))
    return _record(row, text, name[0] if name else None)


def _columns(schema: Any, columns: Columns) -> list[str]:
    """The columns to read; refused where one is missing, or the text is no text."""
    if OURS in (schema.metadata or {}):
        raise RefusedError("unsupported_type", "A table that zhfacts wrote, not a document")
    names = schema.names
    missing = [name for name in columns.needed if names.count(name) != 1]
    if missing:
        raise RefusedError(*no_column(missing, names))
    kind = schema.field(columns.text).type
    kind = getattr(kind, "value_type", kind)
    if str(kind) not in ("string", "large_string", "string_view"):
        raise RefusedError("no_column", f"Column {columns.text} holds {kind}, not strings")
    name = columns.id or DEFAULT_ID
    return [columns.text, name] if name in names and name != columns.text else [columns.text]


def _check_size(table: Any, limits: Limits) -> None:
    """Refuse a file that would fill the memory once it is decompressed."""
    most = EXPANDED * limits.max_bytes
    for number in range(table.metadata.num_row_groups):
        # not .column(k).total_uncompressed_size: pyarrow 26 ends the process where a column's statistics are broken
        size = table.metadata.row_group(number).total_byte_size
        if size > most:
            raise RefusedError("too_large", f"{size} bytes in row group {number + 1}, and at most {most} are read")
