"""From lines to blocks: sentences rebuilt across hard wraps and page breaks, every character led back to its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from string import ascii_letters

import regex

from zhfacts.documents import FACT_ROLES, Block, Document, Line, Origin
from zhfacts.layout.articles import Articles, articles, set_apart
from zhfacts.layout.joins import LONG, Read, joins
from zhfacts.layout.lines import EVEN, TERMINAL, runs, widths
from zhfacts.layout.normalise import characters, special, tightened
from zhfacts.layout.roles import roles
from zhfacts.layout.woven import reading_order

SLACK = 6
"""Columns by which a full line may fall short of its column: punctuation may not begin a line, spaces are stretched."""
INDENT = 4
"""Columns by which a paragraph's first line is indented; the blanks are often lost on the way out of a PDF."""
OPEN_SHARE = 0.7
"""Share of its column that a line whose sentence is open must fill."""
NO_COLUMNS = (0, 0)
"""The widths of a blank line."""
BLANK = Line(0, "", 0, 0, 0)
"""A blank line that stands in no document, put between the articles of two columns."""
LATIN = re.compile(r"[A-Za-z]{2,}")
LONE_LETTERS = frozenset("aABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Letters that are words by themselves: a name's (Plan B), the article."""
TOKEN = regex.compile(r"[\x21-\x7e]+")


def lay_out(document: Document, giving: frozenset[str] = FACT_ROLES) -> tuple[Document, list[Block]]:
    """The document with the roles of its lines, and its blocks as they are read, of lines of the roles `giving`."""
    lines = list(document.lines)
    assigned = roles().of_lines([line.text for line in lines])
    loose: list[int] = []
    if order := reading_order([line.text for line in lines], assigned):
        loose = [k for k, i in enumerate(order.lines) if i in order.loose]
        lines = [BLANK if i is None else lines[i] for i in order.lines]
        assigned = roles().of_lines([line.text for line in lines])
    texts = [line.text for line in lines]
    table, is_special = characters(), special().search
    narrow = [text.translate(table) if text and is_special(text) else text for text in texts]
    lines = [
        line if a.role == line.role else line._replace(role=a.role) for line, a in zip(lines, assigned, strict=True)
    ]
    cut = set_apart(articles(texts, assigned), loose)
    columns = [widths(text) if text else NO_COLUMNS for text in narrow]
    builder = _Builder(_full_lines(narrow, columns), cut.numbers, list(map(len, texts)), giving)
    for i, line in enumerate(lines):
        builder.add(i, line, narrow[i], columns[i][1])
    latin = _Latin(narrow)
    found = sorted((b for b in builder.found() if b.reads), key=lambda b: b.reads[0].at)
    blocks = [block for block in (b.block(latin) for b in found) if block.text]
    return _told(document, lines, cut), blocks


def _told(document: Document, lines: Sequence[Line], cut: Articles) -> Document:
    """The document with the roles, articles and headings of its lines, which were read in the order of `lines`."""
    headings = [None if i is None else lines[i].number - 1 for i in cut.headings]
    told = sorted(zip(lines, cut.numbers, headings, strict=True), key=lambda each: each[0].number)
    told = told[-len(document.lines) :] if document.lines else []
    return replace(
        document,
        lines=tuple(line for line, _, _ in told),
        articles=tuple(number for _, number, _ in told),
        headings=tuple(heading for _, _, heading in told),
    )


class _Latin:
    """The Latin words of a document, gathered once somebody asks whether OpenKite is one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for text in self.texts for word in LATIN.findall(text))


class _Builder:
    """Takes the lines one by one; an open paragraph waits while headings and captions pass it by."""

    def __init__(self, full: list[bool], articles: Sequence[int], sizes: Sequence[int], giving: frozenset[str]) -> None:
        self.full = full
        self.giving = giving
        self.articles = articles
        self.sizes = sizes
        self.waiting: dict[int, _Open] = {}
        """The open paragraph of each article."""
        self.done: list[_Open] = []
        self.skipped = 0
        """Lines that no open paragraph took: counted once for all, of which a page may hold thousands."""

    def found(self) -> list[_Open]:
        """All blocks that the lines have given."""
        return [*self.done, *self.waiting.values()]

    def add(self, i: int, line: Line, narrow: str, columns: int) -> None:
        """Line i, in its normal characters too, and so many columns wide."""
        if not columns or line.role not in self.giving:
            self.skipped += 1
            return
        cut = self.full[i] and self._is_cut(i)
        read = Read(i, line, *tightened(narrow), columns, self.full[i], self.articles[i], cut)
        if line.role == "body":
            self._body(read)
        else:
            self._aside(read)

    def _is_cut(self, i: int) -> bool:
        """Whether line i is as long to the character as the one above or below, as no line set in words is."""
        size = self.sizes[i]
        return size >= EVEN and size in (
            self.sizes[i - 1] if i else 0,
            self.sizes[i + 1] if i + 1 < len(self.sizes) else 0,
        )

    def _body(self, read: Read) -> None:
        body = self.waiting.get(read.article)
        if body is None or not body.takes(read, self.skipped):
            self.done += [body] if body else []
            body = self.waiting[read.article] = _Open()
        body.add(read, self.skipped)

    def _aside(self, read: Read) -> None:
        """A heading is a block of its own; a caption goes on while its lines follow each other."""
        last = self.done[-1] if self.done else None
        caption = read.line.role == "caption"
        above = last.reads[-1] if last and last.reads else None
        if last and above and caption and above.line.role == "caption" and above.at == read.at - 1:
            last.add(read, self.skipped)
            self.skipped += 1
            return
        aside = _Open()
        aside.add(read, self.skipped)
        self.done.append(aside)
        self.skipped += 1


class _Open:
    """A block in the making."""

    def __init__(self) -> None:
        self.reads: list[Read] = []
        self.skipped = 0
        self.reach = 0

    def add(self, read: Read, skipped: int) -> None:
        self.reads.append(read)
        self.reach += read.width
        self.skipped = skipped

    def takes(self, read: Read, skipped: int) -> bool:
        return bool(self.reads) and joins(self.reads[-1], read, skipped - self.skipped, self.reach)

    def block(self, latin: _Latin) -> Block:
        return Block(*_joined(self.reads, latin), self.reads[0].line.role, self.reads[0].article)


def _full_lines(texts: Sequence[str], measured: Sequence[tuple[int, int]]) -> list[bool]:
    """Which lines reach the right edge of their column: that of the lines just above, or below at a run's start.

    A line is measured twice, in columns of the page and in characters: text is wrapped by the one or the other.
    """
    found = [False] * len(texts)
    for first, last in runs(texts):
        if last - first == 1:
            found[first] = measured[first][1] >= LONG
            continue
        lines = [t.strip() for t in texts[first:last]]
        columns, sizes = [one for one, _ in measured[first:last]], [len(t) for t in texts[first:last]]
        spaced: list[int] = []
        for k, line in enumerate(lines):
            starts = k == 0 or not found[first + k - 1]
            below = lines[k + 1] if k + 1 < len(lines) else ""
            full = _is_full(line, measured[first + k][1], below, _edge(columns, k), starts) or _is_even(sizes, k)
            if not full and line[-1] not in TERMINAL:
                spaced = spaced or [2 * len(t) - len(t.encode("ascii", "ignore")) for t in texts[first:last]]
                full = _is_even(spaced, k, 2)
            found[first + k] = full
    return found


def _edge(columns: list[int], k: int) -> int:
    """The column's width around line k; 0 where it stands alone."""
    above, below = columns[max(0, k - 4) : k], columns[k + 1 : k + 4]
    return max(above) if len(above) >= 2 else max([*above, *below], default=0)


def _is_even(sizes: list[int], k: int, wide: int = 1) -> bool:
    """Whether the line is as long as the longest around it, as text cut at a number of characters is.

    Sizes count spaces; they are in characters, or with `wide` = 2 in columns, of which a Han character takes two.
    """
    around = sizes[max(0, k - 4) : k + 5]
    return len(around) > 1 and sizes[k] >= EVEN * wide and sizes[k] + wide > max(around)


def _is_full(text: str, reach: int, below: str, column: int, starts: bool) -> bool:
    """Whether a line of `reach` columns reaches the edge of a column of `column` (0: none known)."""
    if not column:
        return reach >= LONG
    token = TOKEN.match(below)
    slack = SLACK + (INDENT if starts else 0) + (min(len(token[0]), 12) if token else 0)
    is_open = text[-1] not in TERMINAL + "：:"
    return reach >= column - slack or (is_open and column >= 16 and reach >= OPEN_SHARE * column)


def _joined(reads: list[Read], latin: _Latin) -> tuple[str, Origin]:
    """The lines' texts as one, with the places of all characters."""
    text, logical, source = [], [], []
    at = 0
    for read, above in zip(reads, [None, *reads], strict=False):
        if above and read.text and _needs_space(above, read, latin):
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


def _needs_space(above: Read, below: Read, latin: _Latin) -> bool:
    """Whether a wrap parts two Latin words; digits and Chinese are not parted: 57|84亿元 is one number.

    A line cut after a number of characters ends inside a word unless a space stands beside the cut; so does one whose
    last word is one with the next line's first elsewhere in the document, or below which a single letter is left.
    """
    last, first = above.text[-1:], below.text[:1]
    if not (last.isascii() and first.isascii() and first.isalpha() and (last.isalpha() or last in ",;.")):
        return False
    if above.line.text[-1:].isspace() or below.line.text[:1].isspace():
        return True
    if above.cut or not last.isalpha():
        return not above.cut
    before, after = above.text.rstrip(ascii_letters), below.text.lstrip(ascii_letters)
    if len(below.text) - len(after) == 1 and first not in LONE_LETTERS:
        return False
    return above.text[len(before) :] + below.text.removesuffix(after) not in latin.words


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
