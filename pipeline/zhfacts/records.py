"""The records that stages pass on: frozen, typed, and nothing but data.

A document is read into lines, lines are laid out as blocks, a block's text gives numbers, numbers and
their block give facts, and facts become rows. Stages meet only here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Literal

Kind = Literal[
    "percent",
    "percentage_point",
    "money",
    "year",
    "date",
    "duration",
    "multiple",
    "fraction",
    "quantity",
    "ordinal",
]
KINDS: tuple[Kind, ...] = (
    "percent",
    "percentage_point",
    "money",
    "year",
    "date",
    "duration",
    "multiple",
    "fraction",
    "quantity",
    "ordinal",
)
Bound = Literal["=", "~", ">", ">=", "<", "<="]
BOUNDS: tuple[Bound, ...] = ("=", "~", ">", ">=", "<", "<=")
Modality = Literal["reported", "forecast", "target", "possible", "negated"]
MODALITIES: tuple[Modality, ...] = ("reported", "forecast", "target", "possible", "negated")
Statistic = Literal["annual_average", "per_capita", "average", "cumulative", "maximum", "minimum", "median"]
STATISTICS: tuple[Statistic, ...] = (
    "annual_average",
    "per_capita",
    "average",
    "cumulative",
    "maximum",
    "minimum",
    "median",
)
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
TIME_KINDS: frozenset[str] = frozenset({"year", "date"})


@dataclass(frozen=True, slots=True)
class Line:
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


TOO_SLOW = "too_slow"
"""Reason of the one reject that a clock decides: a run that has it is not reproducible."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that was not accepted: what, where, and why."""

    source: str
    doc_id: str | None
    stage: str
    line_start: int | None
    surface: str | None
    reason: str
    detail: str


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
        index = self.headings[line.number - 1] if self.headings else None
        return None if index is None else " ".join(self.lines[index].text.split())

    def line_at(self, offset: int) -> Line:
        """The line on which the character at `offset` stands."""
        return self.lines[bisect_right(self.line_starts, offset) - 1]

    def byte_at(self, offset: int) -> int:
        """The byte at which the character at `offset` begins (a line's end included)."""
        line = self.line_at(offset)
        column = offset - line.start
        if line.byte_end - line.byte_start == len(line.text):
            return line.byte_start + column
        if len(line.text) <= STRIDE:
            return line.byte_start + len(encode(line.text[:column], self.encoding))
        marks = self._marks(line)
        stride = min(column // STRIDE, len(marks) - 1)
        return line.byte_start + marks[stride] + len(encode(line.text[stride * STRIDE : column], self.encoding))

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


@dataclass(frozen=True, slots=True)
class When:
    """A time as written: years and finer parts, before it is resolved against a reference date.

    `first` and `last` are (year, month, day) with None where not said; `year` may be relative.
    """

    first: tuple[int | None, int | None, int | None]
    last: tuple[int | None, int | None, int | None]
    relative: int | None = None
    """Years from the reference year: 0 for 今年, -1 for 去年; None where a year is stated or missing."""
    relative_end: int | None = None
    """The same for the end of a span: 去年9月至今年5月."""
    month_relative: int | None = None
    """Months from the reference month: 0 for 本月, -1 for 上月."""
    decade: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric expression in a block: span, kind and value as written.

    `start`, `end` index the block's text; exactly one of `value`, (`low`, `high`) and `when` is filled,
    or none for a vague number.
    """

    start: int
    end: int
    kind: Kind
    rule: str
    unit: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    per_unit: str | None = None
    bound: Bound = "="
    when: When | None = None
    ratio: Decimal | None = None
    ucum: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity named in a block: span in the block's text, the name it stands for, and its type."""

    start: int
    end: int
    name: str
    type: str
    iso: str | None = None
    pronoun: bool = False
    """True for 该公司 and 其: `name` is then the entity's name, not the words that stand there."""


@dataclass(frozen=True, slots=True)
class Link:
    """What linking found for one number; places are (block number, start, end) in that block's text."""

    entity: Mention | None = None
    """The subject's entity; its span counts nothing here, `subject_at` has the place of the words."""
    subject_at: tuple[int, int, int] | None = None
    attribute_at: tuple[int, int, int] | None = None
    change: Literal["up", "down"] | None = None
    comparison: Literal["above", "below"] | None = None
    basis: str | None = None
    when: str | None = None
    date_start: date | None = None
    date_end: date | None = None
    date_from: Literal["stated", "context", "published"] | None = None
    period_start: date | None = None
    period_end: date | None = None
    period_from: Literal["stated", "context", "published"] | None = None
    link_rule: str | None = None
    modality: Modality = "reported"
    statistic: Statistic | None = None
    source_at: tuple[int, int, int] | None = None
    """The words that say who says so."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One numeric claim: the columns of facts.parquet, and `start`, `end` in characters of the text.

    Source of the names: MeasEval (quantity, measured property, measured entity), ISO 4217 for `currency`,
    ISO 8601-2 (EDTF) for `when`, UCUM for `unit_ucum`.
    """

    fact_id: str
    doc_id: str
    source: str
    line_start: int
    line_end: int
    col_start: int
    col_end: int
    byte_start: int
    byte_end: int
    surface: str
    quote: str
    kind: Kind
    value: float | None
    low: float | None
    high: float | None
    exact: Decimal | None
    ratio: float | None
    unit: str
    unit_ucum: str | None
    currency: str | None
    per_unit: str | None
    bound: Bound
    change: Literal["up", "down"] | None
    delta: float | None
    comparison: Literal["above", "below"] | None
    basis: str | None
    when: str | None
    date_start: date | None
    date_end: date | None
    date_from: Literal["stated", "context", "published"] | None
    subject: str | None
    subject_id: str | None
    attribute: str | None
    subject_line: int | None
    attribute_line: int | None
    subject_byte_start: int | None
    subject_byte_end: int | None
    attribute_byte_start: int | None
    attribute_byte_end: int | None
    period_start: date | None
    period_end: date | None
    period_from: Literal["stated", "context", "published"] | None
    rule: str
    link_rule: str | None
    start: int
    end: int
    page: int | None = None
    article: int = 1
    heading: str | None = None
    modality: Modality = "reported"
    statistic: Statistic | None = None
    attributed_to: str | None = None
    attributed_line: int | None = None


@dataclass(frozen=True, slots=True)
class EntityMention:
    """An entity mention with its place in the document: a row of mentions.parquet."""

    entity_id: str
    doc_id: str
    source: str
    line_start: int
    line_end: int
    col_start: int
    col_end: int
    byte_start: int
    byte_end: int
    surface: str


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of one or more documents: a row of entities.parquet, its counts left to the tables."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...]
    iso: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """All that one document gives: what an engine passes on to the tables.

    `document` is None where the whole file was rejected; `rejects` then says why.
    """

    source: str
    document: Document | None
    facts: tuple[Fact, ...] = ()
    entities: tuple[Entity, ...] = ()
    mentions: tuple[EntityMention, ...] = ()
    rejects: tuple[Reject, ...] = ()
