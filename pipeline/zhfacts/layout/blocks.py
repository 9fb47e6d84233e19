"""From lines to blocks: sentences rebuilt across hard wraps and page breaks, every character led back to its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from zhfacts.layout.lines import TERMINAL, runs, width
from zhfacts.layout.normalise import characters, normalise, special
from zhfacts.layout.roles import NUMBERED, roles
from zhfacts.records import FACT_ROLES, Block, Document, Line, Origin

SLACK = 6
"""Columns by which a full line may fall short of its column: punctuation may not begin a line, spaces are stretched."""
INDENT = 4
"""Columns by which a paragraph's first line is indented; the blanks are often lost on the way out of a PDF."""
EVEN = 14
"""Characters of the shortest line that may be full by its number of characters."""
OPEN_SHARE = 0.7
"""Share of its column that a line whose sentence is open must fill."""
LONG = 60
"""Columns from which a line by itself is an unwrapped paragraph rather than a fragment."""
BRIDGE = 14
"""Lines (blank ones, captions, page furniture) over which an open sentence may go on."""
OPENER = regex.compile(
    r"^\W{0,2}(?:[■□●◆▲★▶※【]|本报讯|本报[\p{Han}]{2,6}讯|本报[\p{Han}]{2,6}\d{1,2}月|新华社|据新华社|——|[①-⑳]|[-•·]\s)"
)
HAN = regex.compile(r"\p{Han}[^，。；]{0,24}$")
SPLIT_NUMBER = regex.compile(r"[\d百千万亿][年月日%亿万千元个]")
TOKEN = regex.compile(r"[\x21-\x7e]+")
NEW_ARTICLE = regex.compile(
    r"^\W{0,2}(?:本报讯|本报[\p{Han}]{2,6}\d{0,2}月?\d{0,2}日?[讯电]|新华社[\p{Han}]{2,6}\d{1,2}月)"
)
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
    narrow = [text.translate(characters()) if special().search(text) else text for text in texts]
    pairs = zip(document.lines, assigned, strict=True)
    lines = tuple(replace(line, role=a.role) if a.role != line.role else line for line, a in pairs)
    builder = _Builder(_full_lines(narrow))
    for i, line in enumerate(lines):
        builder.add(i, line, assigned[i].rule)
    found = [b.block() for b in [*builder.done, builder.body] if b.reads]
    blocks = sorted((b for b in found if b.text), key=lambda b: b.origin.source[0])
    return replace(document, lines=lines), blocks


class _Builder:
    """Takes the lines one by one; an open paragraph waits while headings and captions pass it by."""

    def __init__(self, full: list[bool]) -> None:
        self.full = full
        self.article = 0
        self.body = _Open()
        self.done: list[_Open] = []

    def add(self, i: int, line: Line, rule: str) -> None:
        if not line.text.strip():
            self.body.skip()
            return
        if rule in ENDS_ARTICLE or NEW_ARTICLE.match(line.text):
            self.article += 1
        if line.role not in FACT_ROLES:
            self.body.skip()
            return
        read = Read(line, *normalise(line.text), width(line.text), self.full[i])
        if line.role == "body":
            self._body(read)
        else:
            self._aside(read)

    def _body(self, read: Read) -> None:
        if not self.body.takes(read):
            self.done.append(self.body)
            self.body = _Open(self.article)
        self.body.add(read)

    def _aside(self, read: Read) -> None:
        """A heading is a block of its own; a caption goes on while its lines follow each other."""
        last = self.done[-1] if self.done else None
        caption = read.line.role == "caption"
        above = last.reads[-1].line if last and last.reads else None
        if last and above and caption and above.role == "caption" and above.number == read.line.number - 1:
            last.add(read)
            self.body.skip()
            return
        aside = _Open(self.article)
        aside.add(read)
        self.done.append(aside)
        self.body.skip()


class _Open:
    """A block in the making."""

    def __init__(self, article: int = 0) -> None:
        self.reads: list[Read] = []
        self.gap = 0
        self.reach = 0
        self.article = article

    def skip(self) -> None:
        self.gap += 1

    def add(self, read: Read) -> None:
        self.reads.append(read)
        self.reach += read.width
        self.gap = 0

    def takes(self, read: Read) -> bool:
        return bool(self.reads) and joins(self.reads[-1], read, self.gap, self.reach)

    def block(self) -> Block:
        return Block(*_joined(self.reads), self.reads[0].line.role, self.article)


def joins(above: Read, below: Read, gap: int, reach: int) -> bool:
    """Whether a line goes on with the paragraph above: `gap` lines lie between, `reach` columns are read so far.

    Evidence: a number is cut in two (2017|年), the line above fills its column, its sentence is open (no end
    sign, or a comma), the line below does not begin something new. Without a gap a full line is enough; over
    a gap the sentence must be open.
    """
    if above.line.role != "body" or not above.text or not below.text:
        return False
    starts_new = bool(OPENER.match(below.text) or NUMBERED.match(below.text))
    last = above.text[-1]
    comma = last in "，、,"
    if _splits_number(above.text, below.text, gap):
        return gap <= BRIDGE
    is_open = last not in TERMINAL + "：:"
    if gap == 0:
        return (above.full and not (starts_new and not is_open)) or comma
    if starts_new or gap > BRIDGE or not is_open:
        return False
    return comma or above.full or reach >= LONG


def _splits_number(above: str, below: str, gap: int) -> bool:
    """Whether a number runs over the line end: 2017|年, and on the very next line also 57|84亿元 and 8.|7%."""
    if SPLIT_NUMBER.match(above[-1] + below[0]):
        return True
    digits = below[0].isdecimal() and (above[-1].isdecimal() or (above[-1] in ".," and above[-2:-1].isdecimal()))
    return digits and not gap and (HAN.search(above) is not None or above.isdecimal())


def _full_lines(texts: Sequence[str]) -> list[bool]:
    """Which lines reach the right edge of their column: that of the lines just above, or below at a run's start.

    A line is measured twice, in columns of the page and in characters: text is wrapped by the one or the other.
    """
    found = [False] * len(texts)
    for first, last in runs(texts):
        lines = [t.strip() for t in texts[first:last]]
        columns = [width(t, mark=1) for t in lines]
        for k, line in enumerate(lines):
            starts = k == 0 or not found[first + k - 1]
            below = lines[k + 1] if k + 1 < len(lines) else ""
            found[first + k] = _is_full(line, below, _edge(columns, k), starts) or _is_even(lines, k)
    return found


def _edge(columns: list[int], k: int) -> int:
    """The column's width around line k; 0 where it stands alone."""
    above, below = columns[max(0, k - 4) : k], columns[k + 1 : k + 4]
    return max(above) if len(above) >= 2 else max([*above, *below], default=0)


def _is_even(lines: list[str], k: int) -> bool:
    """Whether the line has as many characters as the longest around it, as text cut at a number of characters has."""
    around = [len(t) for t in lines[max(0, k - 4) : k + 5]]
    return len(around) > 1 and len(lines[k]) >= EVEN and len(lines[k]) >= max(around)


def _is_full(text: str, below: str, column: int, starts: bool) -> bool:
    """Whether a line reaches the edge of a column of `column` columns (0: none known)."""
    reach = width(text)
    if not column:
        return reach >= LONG
    token = TOKEN.match(below)
    slack = SLACK + (INDENT if starts else 0) + (min(len(token[0]), 12) if token else 0)
    is_open = text[-1] not in TERMINAL + "：:"
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
    return (
        above[-1:].isascii()
        and below[:1].isascii()
        and below[:1].isalpha()
        and (above[-1:].isalpha() or above[-1:] in ",;.")
    )


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a block's text, end signs and closing quotation marks included.

    Longer ones than LONGEST_SENTENCE are cut: what links the numbers of a sentence may look at all its pairs.
    """
    at = 0
    for m in [*SENTENCE_END.finditer(text), None]:
        end = m.end() if m else len(text)
        while end - at > LONGEST_SENTENCE:
            cut = max(text.rfind(c, at, at + LONGEST_SENTENCE) for c in "；，;, ") + 1
            cut = cut if cut > at else at + LONGEST_SENTENCE
            yield at, cut
            at = cut
        if end > at:
            yield at, end
        at = end


LONGEST_SENTENCE = 600


SENTENCE_END = regex.compile(r"(?:[。！？!?]|\.(?=\s+[A-Z]))+[”’』」）)]*")
