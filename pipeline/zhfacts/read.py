"""Files into documents: find them, undo gzip, tell what they are; what cannot be read is a Reject.

Example: 新闻/一月.txt is a document, each row of 新闻/一月.jsonl is one, and `-` is standard input.
"""

from __future__ import annotations

import gzip
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from zhfacts.documents import Document
from zhfacts.errors import InputError
from zhfacts.inputs import docx, html, pdf, records
from zhfacts.inputs.base import LIMITS, REASONS, Limits, Made, RefusedError, reject, shown
from zhfacts.inputs.encodings import SAMPLE, tell
from zhfacts.inputs.lines import make, split
from zhfacts.inputs.records import Columns
from zhfacts.inputs.walk import STDIN, find, unique, walk, why
from zhfacts.inputs.warc import warc
from zhfacts.records import Reject

__all__ = [
    "LIMITS", "REASONS", "STDIN", "Columns", "Limits", "find", "from_text", "has_records", "open_records", "read",
    "read_record", "read_records", "walk",
]  # fmt: skip
Raw = Sequence[str] | bytes | Reject
"""The lines of a record, the bytes of a page of HTML, or why there are none."""
Read = tuple[Document | None, list[Reject]]
_MAKERS: Mapping[str, Callable[[bytes, Limits], Made]] = {
    ".html": html.made,
    ".htm": html.made,
    ".pdf": pdf.made,
    ".docx": docx.made,
}
_WAYS = {".parquet": records.parquet, ".warc": warc, ".warc.gz": warc}
_FAULTS = (RefusedError, OSError, EOFError, zlib.error)


def has_records(path: Path) -> bool:
    """Whether a file holds records, each a document of its own: 一月.jsonl, 一月.parquet, 一月.warc.gz."""
    return path.name.lower().endswith((".jsonl", ".jsonl.gz", ".parquet", ".warc", ".warc.gz"))


def read(source: str, path: Path, limits: Limits = LIMITS) -> Read:
    """One file as a Document, and its rejected lines; None and the reason for a file that is refused."""
    packed = path.suffix.lower() == ".gz"
    maker = _MAKERS.get(path.suffix.lower())
    try:
        if path == STDIN:
            return _piped(source, limits)
        raw = _raw(path, limits.max_bytes, packed)
    except _FAULTS as error:
        return None, [reject(source, *why(error))]
    try:
        if maker:
            return make(source, maker(raw, limits), limits)
        document, rejects = split(source, raw, tell(raw), limits.max_line)
    except RefusedError as error:
        return None, [reject(source, *why(error))]
    if any(line.text and not line.text.isspace() for line in document.lines):
        return replace(document, stream="decompressed" if packed else "file"), rejects
    return None, [each._replace(doc_id=None) for each in rejects] or [reject(source, "empty", "No text")]


def read_records(source: str, path: Path, columns: Columns, limits: Limits = LIMITS) -> Iterator[tuple[str, Read]]:
    """Each record of a JSONL or Parquet file by its own source, `source#id`; a record that is refused by the file's."""
    for name, raw in open_records(source, path, columns, limits):
        yield name, read_record(name, raw, limits)


def open_records(source: str, path: Path, columns: Columns, limits: Limits = LIMITS) -> Iterator[tuple[str, Raw]]:
    """Each record as it lies in the file, to be read later and maybe elsewhere."""
    taken: set[str] = set()
    name = path.name.lower()
    found = next((way for ending, way in _WAYS.items() if name.endswith(ending)), records.jsonl)
    packed = name.endswith(".gz") and found is not warc  # members of .warc.gz are for warcio to part
    try:
        _check_regular(path)
        with gzip.open(path) if packed else path.open("rb") as opened:
            file = cast(IO[bytes], opened)
            for record in found(file, columns, limits):
                if isinstance(record, records.Bad):
                    yield source, reject(source, *record.fault, (None, record.row))
                else:
                    yield unique(shown(f"{source}#{record.name}"), taken), record.text
    except _FAULTS as error:
        yield source, reject(source, *why(error))


def read_record(source: str, raw: Raw, limits: Limits = LIMITS) -> Read:
    """A record as a document, or why it is none."""
    if isinstance(raw, Reject):
        return None, [raw]
    try:
        # places in the file would be places in the page alone
        page = replace(html.made(raw, limits), origins=None) if isinstance(raw, bytes) else Made(raw)
        return make(source, page, limits)
    except RefusedError as error:
        return None, [reject(source, *why(error))]


def _piped(source: str, limits: Limits) -> Read:
    """Standard input as a document: text in any encoding that files may have, its stream in UTF-8."""
    stream: Any = getattr(sys.stdin, "buffer", None)
    raw = b"" if stream is None else stream.read(limits.max_bytes + 1)
    if len(raw) > limits.max_bytes:
        raise RefusedError("too_large", f"More than {limits.max_bytes} bytes, and no more are read")
    found, faults = split(source, raw, tell(raw), limits.max_line)
    document, rejects = make(source, Made([line.text for line in found.lines]), limits)
    doc_id = document.doc_id if document else None
    moved = [each._replace(doc_id=doc_id) for each in faults]
    return document, moved if moved and document is None else [*moved, *rejects]


def from_text(text: str) -> Document:
    """Take a string as a document of its UTF-8 form: 增长8.7% is one line of 10 bytes."""
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError as error:
        what = f"Character {error.start} of the text is a lone surrogate, which no encoding holds"
        raise InputError(f"{what}. Remove it, or decode the text again.") from error
    mark = int(text.startswith("\ufeff"))
    return split("", raw, ("utf-8", 3 * mark), len(text), start=mark)[0]


def _check_regular(path: Path) -> int:
    """Size of a file; refused where it is none."""
    try:
        about = path.stat()
    except ValueError as error:
        raise RefusedError("not_found", "No such file or folder") from error  # a NUL in the path
    if not stat.S_ISREG(about.st_mode):  # a pipe would hang
        raise RefusedError("unreadable", "Not a regular file")
    return about.st_size


def _raw(path: Path, limit: int, packed: bool) -> bytes:
    """Read a file's text stream, and give it up where it passes the limit: a zip bomb costs no more."""
    size = _check_regular(path)
    if size > limit and not packed:
        raise RefusedError("too_large", f"{size} bytes, and at most {limit} are read")
    chunks, size = [], 0
    with gzip.open(path) if packed else path.open("rb") as file:
        while size <= limit and (chunk := file.read(SAMPLE)):
            chunks.append(chunk)
            size += len(chunk)
    if size > limit:
        raise RefusedError("too_large", f"More than {limit} bytes of text, and no more are read")
    return b"".join(chunks)
