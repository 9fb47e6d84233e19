"""A text stream into lines with their places; what cannot be decoded is a Reject, and the rest goes on.

Example: 增长8.7% in GB18030 is one line of 8 bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from zhfacts.documents import Document, InFile, Line, encode
from zhfacts.inputs.base import Limits, Made, RefusedError, reject
from zhfacts.inputs.encodings import UTF_16, Form
from zhfacts.records import Reject

# Pairs of a line and its end; the last pair is empty. (?:.\Z)? is half a character of a file cut off.
_LINES = {
    "utf-16-le": re.compile(rb"((?:(?!\r\0|\n\0)..)*+(?:.\Z)?)(\r\0\n\0|\r\0|\n\0|\Z)", re.DOTALL),
    "utf-16-be": re.compile(rb"((?:(?!\0\r|\0\n)..)*+(?:.\Z)?)(\0\r\0\n|\0\r|\0\n|\Z)", re.DOTALL),
}
_NARROW_LINES = re.compile(rb"([^\r\n]*+)(\r\n|\r|\n|\Z)")


def split(source: str, raw: bytes, form: Form, most: int, start: int = 0) -> tuple[Document, list[Reject]]:
    """Make a document of its lines, and a reject of every line that is kept without its text."""
    sha256, (encoding, at) = hashlib.sha256(raw).hexdigest(), form
    lines: list[Line] = []
    rejects: list[Reject] = []
    width = 2 if encoding in UTF_16 else 1
    for number, (chunk, end) in enumerate(_LINES.get(encoding, _NARROW_LINES).findall(raw[at:])[:-1], 1):
        text, fault = _decode(chunk, encoding, at)
        size = len(text)
        if size > most:
            text, fault = "", ("line_too_long", f"{size} characters, and at most {most} are read")
        if fault:
            rejects.append(reject(source, *fault, (sha256[:16], number)))
        lines.append(Line(number, text, start, at, at + len(chunk)))
        start += size + len(end) // width
        at += len(chunk) + len(end)
    return Document(source, sha256[:16], sha256, len(raw), encoding, "text", tuple(lines), raw=raw), rejects


def _decode(chunk: bytes, encoding: str, at: int) -> tuple[str, tuple[str, str] | None]:
    """Decode a line, or say why not: every text that is kept encodes to its own bytes again."""
    try:
        text = chunk.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        what = f"0x{chunk[error.start]:02x} at byte {at + error.start} is not {encoding}: {error.reason}"
        return "", ("undecodable_line", what)
    if encoding in ("gb18030", "big5hkscs") and encode(text, encoding) != chunk:
        return "", ("undecodable_line", f"Bytes {at} to {at + len(chunk)} do not round-trip in {encoding}")
    return text, None


def make(source: str, made: Made, limits: Limits) -> tuple[Document | None, list[Reject]]:
    """A document of text that was made, its stream the lines in UTF-8, each with LF; no document without text."""
    if not any(line.strip() for line in made.lines):
        return None, [reject(source, *fault) for fault in made.faults] or [reject(source, "empty", "No text")]
    raw = "".join(f"{line}\n" for line in made.lines).encode("utf-8")
    if len(raw) > limits.max_bytes:
        raise RefusedError("too_large", f"{len(raw)} bytes of text, and at most {limits.max_bytes} are read")
    document, rejects = split(source, raw, ("utf-8", 0), limits.max_line)
    if made.pages:
        pairs = zip(document.lines, made.pages, strict=True)
        document = replace(document, lines=tuple(line._replace(page=page) for line, page in pairs))
    if made.origins:
        lines = tuple(_placed(line, made.origins) for line in document.lines)
        document = replace(document, lines=lines, in_file=made.origins)
    return document, [*(reject(source, *fault, (document.doc_id, None)) for fault in made.faults), *rejects]


def _placed(line: Line, origins: InFile) -> Line:
    """A line with its place in the file that it was made of."""
    start, end = origins.line(line.number) or (None, None)
    return line if start is None else line._replace(origin_start=start, origin_end=end)
