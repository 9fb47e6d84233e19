"""Published tables read again and held against the contract, as `zhfacts validate` does.

Example: `validate(Path("outputs"), None)` is [] for a folder that a run has just written.
Without the source, invariant 1 is checked against the text in lines.parquet; with it, against the bytes
of the documents themselves.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from zhfacts.errors import OutputError
from zhfacts.tables import pages, rows
from zhfacts.tables.audit import table_faults
from zhfacts.tables.check import LINE_END, Ruler, decode, stands_in
from zhfacts.tables.contract import frame_faults
from zhfacts.tables.frames import as_frame
from zhfacts.tables.publish import read_info
from zhfacts.tables.schema import SCHEMAS
from zhfacts.tables.stored import read_table

Row = dict[str, Any]
Again = Callable[[Row], str | None]
_ESCAPED: Final = re.compile(r"\\u(dc[89a-f][0-9a-f])")


@dataclass(frozen=True)
class _Text:
    """One document of the tables: its lines by number, its text stream's bytes where they are at hand."""

    encoding: str
    lines: dict[int, Row]
    raw: bytes | None
    ruler: Ruler


def validate(out: Path, source: Path | None = None, again: Again | None = None) -> list[str]:
    """Findings, one sentence each, empty where all is right: digests (invariant 6) and invariants 1 to 5.

    `source` is the input the run was given; `again` says how a row of facts, read again, gives another value
    (invariant 4). Raises OutputError where `out` was not written by zhfacts.
    """
    info = read_info(out)
    tables: dict[str, pa.Table] = {}
    findings: list[str] = []
    for name in SCHEMAS:
        try:
            tables[name] = read_table(out, name, info)
        except OutputError as error:
            findings.append(str(error))
            continue
        if rows.digest(tables[name]) != info["tables"][name].get("rows"):
            findings.append(f"table {name}: its rows are not those that run.json describes")
    findings += table_faults(tables) if len(tables) == len(SCHEMAS) else []
    # a column that has the wrong type or is not there is no DataFrame that could be looked at further
    findings = findings or frame_faults({name: as_frame(table) for name, table in tables.items()})
    return findings or [*_row_findings(tables, source), *_reading_findings(tables["facts"], again)]


def _reading_findings(facts: pa.Table, again: Again | None) -> Iterator[str]:
    """Breaches of invariant 4."""
    for number, row in enumerate(facts.to_pylist() if again else ()):
        if again and (fault := again(row)):
            yield f"table facts, row {number} ({row['source']}:{row['line_start']}): {fault}"


def _row_findings(tables: dict[str, pa.Table], source: Path | None) -> Iterator[str]:
    """Breaches of invariant 1, document by document."""
    placed: dict[str, list[tuple[str, int, Row]]] = {}
    for name in ("facts", "mentions"):
        for number, row in enumerate(tables[name].to_pylist()):
            placed.setdefault(row["doc_id"], []).append((name, number, row))
    by_document = groupby(tables["lines"].to_pylist(), key=lambda row: row["doc_id"])
    lines = {doc_id: {row["line"]: row for row in group} for doc_id, group in by_document}
    for document in tables["documents"].to_pylist():
        raw, missing = _stream(document, source) if source else (None, None)
        if missing:
            yield missing
        # a stream of our own making ("text") is UTF-8 whatever the input was
        encoding = "utf-8" if document["stream"] == "text" else document["encoding"]
        text = _Text(encoding, lines.get(document["doc_id"], {}), raw, Ruler(encoding))
        if source and pages.has_places(document):
            yield from _page_findings(document, placed.get(document["doc_id"], []), text.lines, source)
        for name, number, row in placed.get(document["doc_id"], []):
            at = f"table {name}, row {number} ({row['source']}:{row['line_start']})"
            yield from (f"{at}: {fault}" for fault in _place_faults(row, text))


def _place_faults(row: Row, text: _Text) -> Iterator[str]:
    """How a row's lines, columns and bytes fail to lead to its surface."""
    there = _by_lines(row, text.lines)
    surface = LINE_END.sub("\n", row["surface"])
    if there is None or not stands_in(surface, there):
        yield f"line and column hold {there!r}, not {row['surface']!r}"
    else:
        for end in ("start", "end"):
            line = text.lines[row[f"line_{end}"]]
            place = line["line"], line["text"], line["byte_start"], row[f"col_{end}"]
            if text.ruler.byte(*place) != row[f"byte_{end}"]:
                yield f"line and column of its {end} do not lead to byte_{end}"
    if text.raw is not None:
        bytes_hold = decode(text.raw, row["byte_start"], row["byte_end"], text.encoding)
        if bytes_hold is None or not stands_in(row["surface"], bytes_hold):
            yield f"bytes {row['byte_start']}-{row['byte_end']} hold {bytes_hold!r}, not {row['surface']!r}"


def _by_lines(row: Row, lines: dict[int, Row]) -> str | None:
    """Text from line and column to line and column, lines joined by LF; None where there is no such place."""
    first, last = row["line_start"], row["line_end"]
    if any(number not in lines for number in range(first, last + 1)):
        return None
    if first == last:
        return str(lines[first]["text"][row["col_start"] : row["col_end"]])
    between = [lines[number]["text"] for number in range(first + 1, last)]
    return "\n".join([lines[first]["text"][row["col_start"] :], *between, lines[last]["text"][: row["col_end"]]])


def _page_findings(
    document: Row, placed: list[tuple[str, int, Row]], lines: dict[int, Row], source: Path
) -> Iterator[str]:
    """Places in an HTML file that do not hold what the tables say."""
    name = document["source"]
    facts = {f"table facts, row {n} ({name}:{row['line_start']})": row for kind, n, row in placed if kind == "facts"}
    named = {f"table lines, line {n} of {name}": row for n, row in lines.items()}
    known = [{at: row for at, row in rows.items() if row["origin_start"] is not None} for rows in (facts, named)]
    path = next(_paths(name, source), None)
    if not any(known):  # a page of an archive has no places in it
        return
    if path is None:
        yield f"document {name}: its file is not found under {source}"
    else:
        yield from pages.faults(path, *known)


def _paths(name: str, source: Path) -> Iterator[Path]:
    """The files that may be the one a document's source names."""
    # bytes of a file's name that are not UTF-8 stand escaped in `source`
    on_disk = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)
    places = [source / name, source.parent / name, source, source / on_disk, source.parent / on_disk]
    return (path for path in places if path.is_file())


def _stream(document: Row, source: Path) -> tuple[bytes | None, str | None]:
    """The bytes of a document's text stream, or a finding where they are not to be had."""
    name = document["source"]
    if document["stream"] == "text":
        return None, None  # the stream is what lines.parquet holds, and is checked there
    for path in _paths(name, source):
        try:
            raw = path.read_bytes()
            raw = gzip.decompress(raw) if document["stream"] == "decompressed" else raw
        except (OSError, EOFError, zlib.error) as error:
            return None, f"document {name}: cannot be read from {path} ({error})"
        if hashlib.sha256(raw).hexdigest().startswith(document["doc_id"]):
            return raw, None
    return None, f"document {name}: its content is not found under {source}, or has changed since the run"
