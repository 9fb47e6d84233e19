"""Files into lines: find documents, undo gzip, tell the encoding, and note where each line lies.

A bad file never stops a run: it gives a Reject whose detail says what is wrong and what to do next.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Literal

from zhfacts.errors import InputError
from zhfacts.records import Document, Line, Reject, encode

SUFFIXES = (".txt", ".md", ".txt.gz", ".md.gz")
"""What is read out of folders, in any case of letters; a file named directly is taken whatever its suffix."""
_KNOWN = ", ".join(SUFFIXES)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not_found": "Check the path; a link may point to a file that is gone.",
        "no_permission": "Grant the right to read it (chmod +r; for a folder +rx) or run as its owner.",
        "unreadable": "Copy it to a local disk as a plain file and give that path.",
        "empty": "Put text into it, or leave it out.",
        "binary": "Export it as plain text in UTF-8.",
        "too_large": "Split it into smaller files.",
        "bad_gzip": "Fetch or compress it again; `gzip -t FILE` checks it.",
        "unknown_encoding": "Convert it to UTF-8, e.g. with `iconv -f ENCODING -t UTF-8`.",
        "undecodable_line": "Mend these bytes, or convert the file to UTF-8 again from its original.",
        "line_too_long": "Break the line up, e.g. into one paragraph a line.",
        "unsupported_type": f"Files ending in {_KNOWN} are read; convert it, or name it as input itself.",
    }
)
"""The closed list of reasons of stage "read", and what to do about each."""

MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"PK\x03\x04", "a zip file (docx, xlsx, epub, ...)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (doc, xls, ppt)"),
    (b"\x1f\x8b\x08", "gzip data without .gz at the end of its name"),
    (b"\xff\xfe\x00\x00", "UTF-32 text"),  # before UTF-16, whose mark begins in the same way
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
)
UTF_16 = ("utf-16-le", "utf-16-be")
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# The first of two that fit equally well wins. big5hkscs reads what Windows' cp950 reads but for the euro
# sign, and 4,700 characters more than big5: Hong Kong names, circled digits, 碁銹裏墻恒粧嫺.
CANDIDATES = ("utf-8", "gb18030", "big5hkscs", *UTF_16)
SURE = 0.6  # the right encoding scored 0.67 and more, UTF-8 read as GB18030 at most 0.48, Latin-1 0.26
SAMPLE = 1 << 16
CHUNK = 1 << 20

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_REST_OF_LINE = re.compile(rb"[^\r\n]*")

Stream = Literal["file", "decompressed", "text"]
Found = list[tuple[str, Path]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: bytes of a document's text stream, and characters of one line."""

    max_bytes: int = 256 << 20
    max_line: int = 1_000_000


LIMITS = Limits()


class _RefusedError(Exception):
    """A whole file is refused: the reason and what was found; never leaves this module."""


def _reject(source: str, reason: str, what: str, doc_id: str | None = None, line: int | None = None) -> Reject:
    return Reject(_shown(source), doc_id, "read", line, None, reason, f"{what}. {REASONS[reason]}")


def _os_reason(error: OSError) -> tuple[str, str]:
    what = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "not_found", what
    return ("no_permission" if isinstance(error, PermissionError) else "unreadable"), what


def _shown(name: str) -> str:
    """A file name that any table can hold: bytes that are not UTF-8 become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def find(inputs: Sequence[Path]) -> tuple[Found, list[Reject]]:
    """Documents under files and folders as (source, path), sorted by source: 新闻/一月.txt.

    Raises InputError where an input is missing, or where all inputs together hold no document.
    """
    found: Found = []
    rejects: list[Reject] = []
    for label, root in _labels(inputs):
        before = len(found), len(rejects)
        if _is_folder(root):
            _walk(root, f"{label}/" if label else "", found, rejects)
        else:
            found.append((label or _name(root), root))
        if before == (len(found), len(rejects)):
            rejects.append(_reject(label or _name(root), "empty", "The folder holds no document"))
    if not found:
        raise InputError(_nothing(inputs, rejects))
    taken: set[str] = set()
    unique = [(_unique(_shown(source), taken), path) for source, path in sorted(found)]
    return sorted(unique), sorted(rejects, key=lambda reject: reject.source)


def _walk(root: Path, label: str, found: Found, rejects: list[Reject]) -> None:
    """Put everything below a folder but what is hidden into `found`, or into `rejects` with a reason."""
    folders = [(root, label)]
    while folders:
        folder, prefix = folders.pop()
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            rejects.append(_reject(prefix.rstrip("/") or _name(root), *_os_reason(error)))
            continue
        for path in entries:
            source = prefix + path.name
            if path.name.startswith("."):
                continue
            if _is_folder(path, missing=False):
                if path.is_symlink():
                    rejects.append(_reject(source, "unsupported_type", "A link to a folder is not followed"))
                else:
                    folders.append((path, f"{source}/"))
            elif path.name.lower().endswith(SUFFIXES):
                found.append((source, path))
            else:
                what = f"Suffix {_shown(path.suffix)!r} is not read out of folders"
                rejects.append(_reject(source, "unsupported_type", what))


def _is_folder(path: Path, *, missing: bool = True) -> bool:
    """Whether it is a folder; what cannot be looked at is left to `read`, which says why."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        if not missing:
            return False
        here = _shown(f"{path} (looked up from {Path.cwd()})")
        raise InputError(f"Input not found: {here}. Give a file or folder that exists.") from error
    except OSError:
        return False


def _labels(inputs: Sequence[Path]) -> Found:
    """What the sources under each input begin with: nothing for one alone, else its own name, made unique.

    Sorted by place, so that the order of the inputs changes nothing.
    """
    if len(inputs) == 1:
        return [("", inputs[0])]
    names = Counter(_name(path) for path in inputs)
    taken: set[str] = set()
    labels = []
    for path in sorted(inputs, key=lambda path: str(path.absolute())):
        name = _name(path)
        full = f"{_name(path.parent)}/{name}".lstrip("/") if names[name] > 1 else name
        labels.append((_unique(full, taken), path))
    return labels


def _name(path: Path) -> str:
    return path.name if path.name not in ("", "..") else path.resolve().name


def _unique(label: str, taken: set[str]) -> str:
    """The label, with -2, -3, … behind it where it is taken: 新闻, 新闻-2."""
    free, number = label, 1
    while free in taken:
        number += 1
        free = f"{label}-{number}"
    taken.add(free)
    return free


def _nothing(inputs: Sequence[Path], rejects: Sequence[Reject]) -> str:
    where = ", ".join(_shown(str(path)) for path in inputs) or "an empty list of inputs"
    seen = "".join(f" {reject.source}: {reject.detail}" for reject in rejects[:3] if reject.reason != "empty")
    advice = f"Give a file, or a folder with files ending in {_KNOWN} (hidden ones are skipped)."
    return f"No document to read in {where}. {advice}{seen}"


def read(source: str, path: Path, limits: Limits = LIMITS) -> tuple[Document | None, list[Reject]]:
    """One file as a Document, and its rejected lines; None and the reason for a file that is refused."""
    stream: Stream = "decompressed" if path.suffix.lower() == ".gz" else "file"
    try:
        raw = _raw(path, limits.max_bytes, stream)
        encoding, skip = _encoding(raw)
    except _RefusedError as refused:
        reason, what = refused.args
        return None, [_reject(source, reason, what)]
    except OSError as error:
        return None, [_reject(source, *_os_reason(error))]
    except ValueError as error:  # a NUL in the path
        return None, [_reject(source, "not_found", str(error))]
    document, rejects = _document(source, raw, encoding, skip, stream, limits.max_line)
    if any(line.text and not line.text.isspace() for line in document.lines):
        return document, rejects
    empty = _reject(source, "empty", f"{len(raw)} bytes without a character that is not white space")
    return None, [replace(reject, doc_id=None) for reject in rejects] or [empty]


def from_text(text: str) -> Document:
    """A string as a document of its UTF-8 form: from_text("增长8.7%").lines[0].byte_end is 10."""
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError as error:
        what = f"Character {error.start} of the text is a lone surrogate ({text[error.start]!r})"
        raise InputError(f"{what}, which no encoding can hold. Remove it, or decode the text again.") from error
    mark = text.startswith("\ufeff")
    return _document("", raw, "utf-8", 3 if mark else 0, "text", len(text), start=int(mark))[0]


def _raw(path: Path, limit: int, stream: Stream) -> bytes:
    """The text stream of a file."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a pipe would hang
        raise _RefusedError("unreadable", "Not a regular file")
    if stream == "file":
        if about.st_size > limit:
            raise _RefusedError("too_large", f"{about.st_size} bytes, and at most {limit} are read")
        with path.open("rb") as file:
            return _bounded(file, limit)
    try:
        with gzip.open(path, "rb") as file:
            return _bounded(file, limit)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _RefusedError("bad_gzip", str(error)) from error


def _bounded(file: IO[bytes], limit: int) -> bytes:
    """All bytes, given up as soon as they pass the limit: a zip bomb costs no more than that."""
    chunks, size = [], 0
    while size <= limit and (chunk := file.read(CHUNK)):
        chunks.append(chunk)
        size += len(chunk)
    if size > limit:
        raise _RefusedError("too_large", f"More than {limit} bytes of text, which is the most that is read")
    return b"".join(chunks)


def _encoding(raw: bytes) -> tuple[str, int]:
    """Encoding and length of the byte order mark: the mark decides, then strict UTF-8, then the wording."""
    for magic, name in MAGIC:
        if raw.startswith(magic):
            raise _RefusedError("binary", f"This is {name}")
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return encoding, len(mark)
    if b"\0" not in raw:
        try:
            raw.decode("utf-8")
            return "utf-8", 0
        except UnicodeDecodeError:
            pass
    return _guess(raw), 0


def _guess(raw: bytes) -> str:
    """The encoding whose reading looks most like Chinese: b"\\xd4\\xf6\\xb3\\xa4" is GB18030 for 增长.

    charset-normalizer was measured and left out: see bench notes.
    """
    candidates, sample = (UTF_16 if b"\0" in raw else CANDIDATES), _sample(raw)
    shares = {}
    for encoding in candidates:
        text = (raw[:SAMPLE] if encoding in UTF_16 else sample).decode(encoding, "replace")
        shares[encoding] = _share(text, encoding)
    best = max(candidates, key=lambda encoding: shares[encoding])
    if shares[best] >= SURE:
        return best
    if b"\0" in raw:
        raise _RefusedError("binary", f"NUL at byte {raw.index(0)}, and it is not UTF-16")
    raise _RefusedError("unknown_encoding", f"None of {', '.join(CANDIDATES)} gives Chinese text")


def _sample(raw: bytes) -> bytes:
    """Up to 64 KiB of the lines that are not ASCII, each from its first such byte, where a character begins."""
    pieces: list[bytes] = []
    size = at = 0
    while size < SAMPLE and (first := _NOT_ASCII.search(raw, at)):
        rest = _REST_OF_LINE.match(raw, first.start(), first.start() + SAMPLE - size)
        ...
