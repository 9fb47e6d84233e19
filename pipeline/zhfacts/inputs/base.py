"""What all kinds of input share: limits, reasons for a refusal, and the text that is made of a file.

Example: `Made(["增长8.7%"], [3])` is one line of text from page 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType

from zhfacts.documents import InFile
from zhfacts.records import Reject

SUFFIXES = (
    ".txt", ".md", ".txt.gz", ".md.gz", ".html", ".htm", ".pdf", ".docx", ".jsonl", ".jsonl.gz", ".parquet",
    ".warc", ".warc.gz",
)  # fmt: skip
"""What folders are searched for, in any case of letters; a file named directly is always taken."""
READABLE = f"Files ending in {', '.join(SUFFIXES)} are read"
REASONS: Mapping[str, str] = {
    "not_found": "Check the path; a link may point to a file that is gone.",
    "no_permission": "Grant the right to read it (chmod +r; for a folder +rx) or run as its owner.",
    "unreadable": "Copy it to a local disk as a plain file and give that path.",
    "empty": "Put text into it, or leave it out.",
    "binary": "Export it as plain text in UTF-8, or give it the ending that says what it is.",
    "too_large": "Split it into smaller files.",
    "bad_gzip": "Fetch or compress it again; `gzip -t FILE` checks it.",
    "unknown_encoding": "Convert it to UTF-8, e.g. with `iconv -f ENCODING -t UTF-8`.",
    "undecodable_line": "Mend these bytes, or convert the file to UTF-8 again from its original.",
    "line_too_long": "Break the line up, e.g. into one paragraph a line.",
    "unsupported_type": f"{READABLE}; convert it, or name the file itself as input.",
    "needs_extra": "Install what reads this kind of file with this command, then run again.",
    "bad_pdf": "Fetch it again, or open it in a viewer and save it anew.",
    "bad_docx": "Fetch it again, or open it in a word processor and save it anew as .docx.",
    "bad_parquet": "Write it anew; `parquet-tools inspect FILE` or pyarrow says what is in it.",
    "bad_warc": "Fetch it again; `warcio check FILE` says what is in it.",
    "bad_row": "Mend this record; the others were read.",
    "no_column": "Name the column that holds the text with --text-column, and that of the ids with --id-column.",
    "encrypted": "Remove its password, e.g. with `qpdf --decrypt`, and give the result.",
    "no_text": "Run it through character recognition (e.g. ocrmypdf -l chi_sim), or leave it out.",
}
"""The closed list of reasons of stage "read", and what to do about each."""
SHOWN = 20
"""Column names that a message lists."""
_ENDS = re.compile(r"\r\n?|\n")
# Half characters, NUL and other signs that no text has; \x02 and U+FFFE are how PDFium writes a hyphen or nothing.
_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: bytes of a file and of the text made of it, of HTML; characters of a line; PDF pages."""

    max_bytes: int = 256 << 20
    max_line: int = 1_000_000
    max_markup: int = 32 << 20
    max_pages: int = 20_000


LIMITS = Limits()
Fault = tuple[str, str]
"""A reason and what was found."""


class RefusedError(Exception):
    """A whole file is refused; args are the reason and what was found. It never leaves read.py."""


@dataclass(frozen=True, slots=True)
class Made:
    """The text made of a file: lines without their ends, the page of each where there are pages, and faults.

    `origins` leads its characters back to the file, where that can be said.
    """

    lines: Sequence[str]
    pages: Sequence[int | None] = ()
    faults: Sequence[Fault] = field(default=())
    origins: InFile | None = None

    def __post_init__(self) -> None:
        if self.pages and len(self.pages) != len(self.lines):
            raise ValueError(f"{len(self.pages)} pages for {len(self.lines)} lines")


def shown(name: str) -> str:
    """Write a name so that any table can hold it: bytes that are not UTF-8 become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def reject(source: str, reason: str, what: str, at: tuple[str | None, int | None] = (None, None)) -> Reject:
    """Row of something that was not read; `at` is its document and line: (None, 7) is row 7 of a file of records."""
    doc_id, line = at
    return Reject(shown(source), doc_id, "read", line, None, reason, f"{what}. {REASONS[reason]}")


def text_lines(text: str) -> list[str]:
    """Lines of a text as the stream holds them: the ends LF, CRLF and CR undone, no signs that are no text."""
    lines = _ENDS.split(_HALF.sub("\ufffd", _NO_TEXT.sub("", text.removeprefix("\ufeff"))))
    return lines[:-1] if not lines[-1] else lines


def extra(module: str, name: str) -> ModuleType:
    """The module of an optional extra; refused with the command that installs it where it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        what = f"{error.name or module} is not installed: pip install 'zhfacts[{name}]'"
        raise RefusedError("needs_extra", what) from error


def no_column(missing: Sequence[str], found: Sequence[str]) -> Fault:
    """The fault of a file of records in which a column is missing, with the names of those that are there."""
    names = ", ".join(map(shown, found[:SHOWN])) or "none"
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "no_column", f"No column {' and no column '.join(missing)}; there are: {names}{more}"
