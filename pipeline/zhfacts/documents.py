"""A document as it is read and laid out: lines with their places, blocks of running text, tables.

Every character of a block leads back to its line, column and byte.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple, Protocol

Role = Literal[
    "body",
    "heading",
    "byline",
    "caption",
    "furniture",
    "contact",
    "bibliography",
    "contents",
    "advert",
    "table",
]
ROLES: tuple[Role, ...] = (
    "body",
    "heading",
    "byline",
    "caption",
    "furniture",
    "contact",
    "bibliography",
    "contents",
    "advert",
    "table",
)
FACT_ROLES: frozenset[str] = frozenset({"body", "heading", "caption"})
"""Roles whose lines give facts."""

STRIDE = 512
"""Characters of a long line between two whose byte offset is remembered."""
METADATA = "metadata.csv"
"""Name of the file that says what documents in its folder and below are; itself no document."""
STDIN = "-"
"""Path that stands for standard input; a file of this name is given with its full path."""


class Line(NamedTuple):
    """One physical line: its number from 1, its characters without the line end, and where it lies.

    `start` counts characters in the document's text, `byte_start`/`byte_end` bytes in its text stream.
    """

    number: int
    text: str
    start: int
    byte_start: int
    byte_end: int
    role: Role = "body"
    page: int | None = None
    """The page it stands on, from 1; None where the input has no pages."""
    origin_start: int | None = None
    origin_end: int | None = None
    """Bytes of its first to last character in the HTML file that it was made of."""


class InFile(Protocol):
    """Where the characters of a text that was made of a file lie in this file."""

    def of(self, number: int, column: int) -> tuple[int, int] | None:
        """Bytes of the character at a column of a line (from 1)."""

    def line(self, number: int) -> tuple[int, int] | None:
        """Bytes of a line."""


@dataclass(frozen=True)
class Document:
    """A document as it was read: its lines and everything documents.parquet says of its file."""

    source: str
    doc_id: str
    sha256: str
    size: int
    encoding: str
    stream: Literal["file", "decompressed", "text"]
    lines: tuple[Line, ...]
    copies: tuple[str, ...] = ()
    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    articles: tuple[int, ...] = field(default=(), repr=False)
    """For each line the number of its article, from 1; empty before layout, when all is one."""
    headings: tuple[int | None, ...] = field(default=(), repr=False)
    """For each line the index of the line whose heading it stands under."""
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The text stream; Line.byte_start and byte_end index it."""
    in_file: InFile | None = field(default=None, repr=False, compare=False)
    """Leads back to the file whose text this is, if it is HTML."""

    @cached_property
    def line_starts(self) -> list[int]:
        """Character offset of every line, for bisect."""
        return [line.start for line in self.lines]

    @property
    def characters(self) -> int:
        """How many characters the lines have, their ends not counted."""
        return sum(len(line.text) for line in self.lines)

    def article_of(self, line: Line) -> int:
        """Number of the article to which a line belongs, from 1."""
        return self.articles[line.number - 1] if self.articles else 1

    def heading_of(self, line: Line) -> str | None:
        """The heading under which a line stands, as one reads it."""
        return self.heading_at(self.headings[line.number - 1] if self.headings else None)

    def heading_at(self, index: int | None) -> str | None:
        """The line of an index as one reads it."""
        return None if index is None else " ".join(self.lines[index].text.split())

    def line_at(self, offset: int) -> Line:
        """The line on which the character at `offset` stands."""
        return self.lines[bisect_right(self.line_starts, offset) - 1]

    def byte_at(self, offset: int) -> int:
        """The byte at which the character at `offset` begins (a line's end included)."""
        return self.byte_in(self.line_at(offset), offset)

    def byte_in(self, line: Line, offset: int) -> int:
        """The byte at which the character at `offset` begins, which stands on `line`."""
        column = offset - line.start
        if line.byte_end - line.byte_start == len(line.text):
            return line.byte_start + column
        if len(line.text) <= STRIDE:
            return line.byte_start + len(encode(line.text[:column], self.encoding))
        marks = self._marks(line)
        stride = min(column // STRIDE, len(marks) - 1)
        return line.byte_start + marks[stride] + len(encode(line.text[stride * STRIDE : column], self.encoding))

    def origin_of(self, start: int, end: int) -> tuple[int, int] | tuple[None, None]:
        """Bytes of the characters [start, end) in the HTML file that they were made of, its tags between included."""
        if self.in_file is None:
            return None, None
        line, last = self.line_at(start), self.line_at(end - 1)
        opens = self.in_file.of(line.number, start - line.start)
        closes = self.in_file.of(last.number, end - 1 - last.start)
        return (opens[0], closes[1]) if opens and closes and opens[0] < closes[1] else (None, None)

    def _marks(self, line: Line) -> list[int]:
        """Bytes before every STRIDE-th character of a long line, counted once."""
        if line.number not in self._marked:
            pieces = (line.text[i : i + STRIDE] for i in range(0, len(line.text), STRIDE))
            self._marked[line.number] = [0, *accumulate(len(encode(p, self.encoding)) for p in pieces)]
        return self._marked[line.number]

    @cached_property
    def _marked(self) -> dict[int, list[int]]:
        return {}

    def end_of(self, line: Line) -> str:
        """The line end behind a line as it stands: LF, CRLF, CR, or nothing at the end of the text."""
        until = self.lines[line.number].byte_start if line.number < len(self.lines) else len(self.raw)
        ends = self.raw[line.byte_end : until].decode("utf-8" if self.encoding == "utf-8-sig" else self.encoding)
        return ends


def encode(text: str, encoding: str) -> bytes:
    """Bytes of `text` in a document's encoding, without a byte order mark."""
    return text.encode("utf-8" if encoding == "utf-8-sig" else encoding)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where logical text comes from: character logical[k]+i stands at source[k]+i.

    Both lists rise; a new pair stands wherever characters were left out between two that were kept.
    """

    logical: tuple[int, ...]
    source: tuple[int, ...]

    def at(self, position: int) -> int:
        """Source offset of the logical character at `position`."""
        k = bisect_right(self.logical, position) - 1
        return self.source[k] + position - self.logical[k]

    def run(self, start: int, end: int) -> tuple[int, int]:
        """Source offset of the logical character at `start`, and the end, `end` at most, of those that follow it."""
        k = bisect_right(self.logical, start)
        stop = min(end, self.logical[k]) if k < len(self.logical) else end
        return self.source[k - 1] + start - self.logical[k - 1], stop

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a logical span that is not empty."""
        return self.at(start), self.at(end - 1) + 1


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of running text with line wraps undone, e.g. one paragraph; `text` is normalised.

    Normalised: full-width digits and letters made half-width, variant characters made simplified, white
    space inside Chinese text left out. `origin` leads every character back to the document.
    """

    text: str
    origin: Origin
    role: Role
    article: int


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of aligned cells under a header, each cell a block of its own, empty where nothing stands in it.

    `blocks` holds the caption, the unit that is named for all cells, then the cells row by row, the header's first.
    """

    blocks: tuple[Block, ...]
    columns: int

    @property
    def rows(self) -> int:
        """How many rows stand below the header."""
        return (len(self.blocks) - 2) // self.columns - 1

    def cell(self, row: int, column: int) -> int:
        """Number of a cell's block; row 0 is the header."""
        return 2 + row * self.columns + column
