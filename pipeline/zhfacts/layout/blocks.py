"""From lines to blocks: sentences rebuilt across hard wraps and page breaks, every character led back to its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from zhfacts.layout.normalise import normalise
from zhfacts.layout.roles import NUMBERED, TERMINAL, roles, runs, width
from zhfacts.records import FACT_ROLES, Block, Document, Line, Origin

SLACK = 6
"""Columns by which a full line may fall short of its column: punctuation may not begin a line, spaces are stretched."""
INDENT = 4
"""Columns by which a paragraph's first line is indented; the blanks are often lost on the way out of a PDF."""
OPEN_SHARE = 0.7
"""Share of its column that a line whose sentence is open must fill."""
LONG = 60
"""Columns from which a line by itself is an unwrapped paragraph rather than a fragment."""
BRIDGE = 14
"""Lines (blank ones, captions, page furniture) over which an open sentence may go on."""
OPENER = regex.compile(r"^\W{0,2}(?:[■□●◆▲★▶※【]|本报讯|本报[\p{Han}]{2,6}讯|本报[\p{Han}]{2,6}\d{1,2}月|新华社|据新华社|——|[①-⑳]|[-•·]\s)")
SPLIT_NUMBER = regex.compile(r"[\d百千万亿][年月日%亿万千元个]")
TOKEN = regex.compile(r"[\x21-\x7e]+")
NEW_ARTICLE = regex.compile(r"^\W{0,2}(?:本报讯|本报[\p{Han}]{2,6}\d{0,2}月?\d{0,2}日?[讯电]|新华社[\p{Han}]{2,6}\d{1,2}月)")
ENDS_ARTICLE = frozenset({"reporter", "box-author", "signature", "editor-in-brackets"})


@dataclass(frozen=True, slots=True)
class Read:
    """A line as read: normalised, with its pieces and what the decision to join looks at."""

    line: Line
    text: str
    pieces: list[tuple[int, int]]
    width: int
    full: bool


def lay_out(document: Document) -> tuple[Document, list[Block]]:
    """The document with the roles of its lines, and its blocks in order; only roles of FACT_ROLES make blocks."""
    texts = [line.text for line in document.lines]
    assigned = roles().of_lines(texts)
    lines = tuple(replace(line, role=a.role) if a.role != line.role else line for line, a in zip(document.lines, assigned, strict=True))
    full = _full_lines(texts)
    blocks, article, open_block = [], 0, _Open()
    for i, line in enumerate(lines):
        if not line.text.strip():
            open_block.skip()
            continue
        if assigned[i].rule in ENDS_ARTICLE or NEW_ARTICLE.match(line.text):
            article += 1
        if line.role not in FACT_ROLES:
            open_block.skip()
            continue
        read = Read(line, *normalise(line.text), width(line.text), full[i])
        if line.role == "body":
            if not open_block.takes(read):
                blocks.append(open_block)
                open_block = _Open(article=article)
            open_block.add(read)
        elif open_block.reads and line.role == open_block.reads[-1].line.role == "caption" and not open_block.gap:
            open_block.add(read)
        else:
            aside = _Open(article=article)
            aside.add(read)
            if line.role == "caption":
                blocks.append(open_block)
                open_block = aside
            else:
                blocks.append(aside)
                open_block.skip()
    blocks.append(open_block)
    built = [b.block() for b in blocks if b.reads]
    return replace(document, lines=lines), sorted((b for b in built if b.text), key=lambda b: b.origin.source[0])


class _Open:
    """A block in the making."""

    def __init__(self, article: int = 0) -> None:
        self.reads: list[Read] = []
        self.gap = 0
        self.article = article

    def skip(self) -> None:
        self.gap += 1

    def add(self, read: Read) -> None:
        self.reads.append(read)
        self.gap = 0

    def takes(self, read: Read) -> bool:
        return bool(self.reads) and joins(self.reads[-1], read, self.gap)

    def block(self) -> Block:
        return Block(*_joined(self.reads), self.reads[0].line.role, self.article)


def joins(above: Read, below: Read, gap: int) -> bool:
    """Whether a line goes on with the sentence or paragraph of the one above, `gap` lines lying between.

    Evidence: a number is cut in two (2017|年), the line above fills its column, its sentence is open (no end
    sign, or a comma), the line below does not begin something new. Without a gap a full line is enough; over a gap the sentence must be open.
    """
    if above.line.role != "body" or not above.text or not below.text:
        return False
    starts_new = bool(OPENER.match(below.text) or NUMBERED.match(below.text))
    last = above.text[-1]
    comma = last in "，、,"
    if SPLIT_NUMBER.match(above.text[-1] + below.text[0]):
        return gap <= BRIDGE
    is_open = last not in TERMINAL + "：:"
    if gap == 0:
        return (above.full and not (starts_new and not is_open)) or comma
    if starts_new or gap > BRIDGE or not is_open:
        return False
    return comma or above.full or above.width >= LONG


def _full_lines(texts: Sequence[str]) -> list[bool]:
    """Which lines reach the right edge of their column, measured against the lines just above (or below, at a run's start)."""
    found = [False] * len(texts)
    for first, last in runs(texts):
        widths = [width(t, mark=1) for t in texts[first:last]]
        for k in range(len(widths)):
            above, below = widths[max(0, k - 4) : k], widths[k + 1 : k + 4]
            column = max(above) if len(above) >= 2 else max([*above, *below], default=0)
            below_text = texts[first + k + 1] if k + 1 < len(widths) else ""
            starts = k == 0 or not found[first + k - 1]
            found[first + k] = _is_full(texts[first + k], below_text, column, starts)
    return found


def _is_full(text: str, below: str, column: int, starts: bool) -> bool:
    """Whether a line reaches the edge of a column of `column` columns (0: none known)."""
    reach = width(text)
    if not column:
        return reach >= LONG
    token = TOKEN.match(below.lstrip())
    slack = SLACK + (INDENT if starts else 0) + (min(len(token[0]), 12) if token else 0)
    is_open = text.rstrip()[-1] not in TERMINAL + "：:"
    return reach >= column - slack or (is_open and column >= 16 and reach >= OPEN_SHARE * column)


def _joined(reads: list[Read]) -> tuple[str, Origin]:
    """The lines' texts as one, with the places of all characters."""
    text, logical, source = [], [], []
    at = 0
    for read, above in zip(reads, [None, *reads], strict=False):
        if above and read.text and _needs_space(above.text, read.text):
            logical.append(at)
            source.append(above.line.start + len(above.line.text))
            text.append(" ")
            at += 1
        for start, end in read.pieces:
            logical.append(at)
            source.append(read.line.start + start)
            at += end - start
        text.append(read.text)
    return "".join(text), Origin(tuple(logical), tuple(source))


def _needs_space(above: str, below: str) -> bool:
    """Latin words are parted by a wrap; digits and Chinese are not: 57|84亿元 is one number."""
    return above[-1:].isascii() and below[:1].isascii() and below[:1].isalpha() and (above[-1:].isalpha() or above[-1:] in ",;.")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a block's text, end signs and closing quotation marks included."""
    at = 0
    for m in SENTENCE_END.finditer(text):
        yield at, m.end()
        at = m.end()
    if at < len(text):
        yield at, len(text)


SENTENCE_END = regex.compile(r"(?:[。！？!?]|\.(?=\s+[A-Z]))+[”’』」）)]*")
