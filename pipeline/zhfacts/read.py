"""Files into documents: find them, undo gzip, tell what they are; what cannot be read is a Reject.

Example: 新闻/一月.txt is a document, each row of 新闻/一月.jsonl is one, and `-` is standard input.
"""

from __future__ import annotations

import gzip
import stat
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from zhfacts.documents import METADATA, Document
from zhfacts.documents import STDIN as DASH
from zhfacts.errors import InputError
from zhfacts.inputs import docx, html, pdf, records
from zhfacts.inputs.base import LIMITS, READABLE, REASONS, SUFFIXES, Limits, Made, RefusedError, reject, shown
from zhfacts.inputs.encodings import SAMPLE, tell
from zhfacts.inputs.lines import make, split
from zhfacts.inputs.records import Columns
from zhfacts.records import Reject

__all__ = [
    "LIMITS", "REASONS", "STDIN", "Columns", "Limits", "find", "from_text", "has_records", "read", "read_records",
]  # fmt: skip
STDIN = Path(DASH)
Read = tuple[Document | None, list[Reject]]
_MAKERS: Mapping[str, Callable[[bytes, Limits], Made]] = {
    ".html": html.made,
    ".htm": html.made,
    ".pdf": pdf.made,
    ".docx": docx.made,
}
_FAULTS = (RefusedError, OSError, EOFError, zlib.error)


def find(inputs: Sequence[Path]) -> tuple[list[tuple[str, Path]], list[Reject]]:
    """Documents under files and folders as (source, path), sorted by source: 新闻/一月.txt.

    Raises InputError where an input is missing, or where all inputs together hold no document.
    """
    walked = [item for label, root in _labels(inputs) for item in _walk(label, root) if item[1].name != METADATA]
    rejects = [reject(source, *fault) for source, _, fault in walked if fault]
    found = sorted((source, path) for source, path, fault in walked if not fault)
    if not found:
        where = ", ".join(shown(str(path)) for path in inputs) or "an empty list of inputs"
        seen = "".join(f" {each.source}: {each.detail}" for each in rejects[:3])
        raise InputError(f"No document to read in {where}. {READABLE}, hidden ones are not.{seen}")
    taken: set[str] = set()
    unique = sorted((_unique(shown(source), taken), path) for source, path in found)
    return unique, sorted(rejects, key=lambda each: each.source)


def _walk(label: str, root: Path) -> Iterator[tuple[str, Path, tuple[str, str] | None]]:
    """Yield all that is not hidden below an input, with what is wrong about it."""
    if root == STDIN or not _is_folder(root, missing_ok=False):
        yield label or _name(root), root, None
        return
    folders = [(label and f"{label}/", root)]
    while folders:
        prefix, folder = folders.pop()
        try:
            entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except OSError as error:
            yield prefix.rstrip("/") or _name(root), folder, _why(error)
            continue
        if folder is root and not entries:
            yield label or _name(root), root, ("empty", "The folder holds nothing to read")
        for path in entries:
            source = prefix + path.name
            if not _is_folder(path):
                known = path.name.lower().endswith(SUFFIXES)
                yield source, path, None if known else ("unsupported_type", "Its name ends otherwise")
            elif path.is_symlink():
                yield source, path, ("unsupported_type", "A link to a folder is not followed")
            else:
                folders.append((f"{source}/", path))


def _is_folder(path: Path, *, missing_ok: bool = True) -> bool:
    """Whether it is a folder; what cannot be looked at is left to `read`, which says why."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        if missing_ok or _why(error)[0] != "not_found":
            return False
        where = shown(f"{path} (looked up from {Path.cwd()})")
        raise InputError(f"Input not found: {where}. Give a file or folder that exists.") from error


def _labels(inputs: Sequence[Path]) -> list[tuple[str, Path]]:
    """Say what the sources under each input begin with, whatever the order of the inputs."""
    if len(inputs) == 1:
        return [("", inputs[0])]
    names = Counter(map(_name, inputs))
    taken: set[str] = set()
    labels = []
    for path in sorted(inputs, key=lambda path: str(path.absolute())):
        name = _name(path)
        full = f"{_name(path.parent)}/{name}" if names[name] > 1 else name
        labels.append((_unique(full.lstrip("/"), taken), path))
    return labels


def _name(path: Path) -> str:
    return path.name if path.name not in ("", "..") else path.resolve().name


def _unique(label: str, taken: set[str]) -> str:
    """Put -2, -3, … behind a label that is taken: 新闻, 新闻-2."""
    free, number = label, 1
    while free in taken:
        free = f"{label}-{(number := number + 1)}"
    taken.add(free)
    return free


def _why(error: Exception) -> tuple[str, str]:
    """Reason and words for what stopped a file, without the system's own copy of the path."""
    match error:
        case RefusedError():
            return error.args[0], error.args[1]
        case gzip.BadGzipFile() | EOFError() | zlib.error():
            return "bad_gzip", str(error)
        case FileNotFoundError() | NotADirectoryError() | ValueError():  # ValueError: a NUL in the path
            return "not_found", "No such file or folder"
        case PermissionError():
            return "no_permission", "Permission denied"
    return "unreadable", str(getattr(error, "strerror", None) or error)


def has_records(path: Path) -> bool:
    """Whether a file holds records, each a document of its own: 一月.jsonl, 一月.parquet."""
    return path.name.lower().endswith((".jsonl", ".jsonl.gz", ".parquet"))


def read(source: str, path: Path, limits: Limits = LIMITS) -> Read:
    """One file as a Document, and its rejected lines; None and the reason for a file that is refused."""
    packed = path.suffix.lower() == ".gz"
    maker = _MAKERS.get(path.suffix.lower())
    try:
        if path == STDIN:
            return _piped(source, limits)
        raw = _raw(path, limits.max_bytes, packed)
    except _FAULTS as error:
        return None, [reject(source, *_why(error))]
    try:
        if maker:
            return make(source, maker(raw, limits), limits)
        document, rejects = split(source, raw, tell(raw), limits.max_line)
    except RefusedError as error:
        return None, [reject(source, *_why(error))]
    if any(line.text and not line.text.isspace() for line in document.lines):
        return replace(document, stream="decompressed" if packed else "file"), rejects
    return None, [replace(each, doc_id=None) for each in rejects] or [reject(source, "empty", "No text")]


def read_records(source: str, path: Path, columns: Columns, limits: Limits = LIMITS) -> Iterator[tuple[str, Read]]:
    """Each record of a JSONL or Parquet file by its own source, `source#id`; a record that is refused by the file's."""
    taken: set[str] = set()
    packed = path.suffix.lower() == ".gz"
    found = records.parquet if path.suffix.lower() == ".parquet" else records.jsonl
    try:
        _check_regular(path)
        with gzip.open(path) if packed else path.open("rb") as opened:
            file = cast(IO[bytes], opened)
            for record in found(file, columns, limits):
                if isinstance(record, records.Bad):
                    yield source, (None, [reject(source, *record.fault, (None, record.row))])
                else:
                    name = _unique(shown(f"{source}#{record.name}"), taken)
                    yield name, _made(name, Made(record.lines), limits)
    except _FAULTS as error:
        yield source, (None, [reject(source, *_why(error))])


def _made(source: str, made: Made, limits: Limits) -> Read:
    try:
        return make(source, made, limits)
    except RefusedError as error:
        return None, [reject(source, *_why(error))]


def _piped(source: str, limits: Limits) -> Read:
    """Standard input as a document: text in any encoding that files may have, its stream in UTF-8."""
    stream: Any = getattr(sys.stdin, "buffer", None)
    raw = b"" if stream is None else stream.read(limits.max_bytes + 1)
    if len(raw) > limits.max_bytes:
        raise RefusedError("too_large", f"More than {limits.max_bytes} bytes, and no more are read")
    found, faults = split(source, raw, tell(raw), limits.max_line)
    document, rejects = make(source, Made([line.text for line in found.lines]), limits)
    doc_id = document.doc_id if document else None
    moved = [replace(each, doc_id=doc_id) for each in faults]
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
