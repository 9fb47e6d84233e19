"""Tables in text: runs of lines whose cells stand apart, at tabs or at wide gaps. 地区  出口额（亿元）."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from zhfacts import knowledge
from zhfacts.documents import Block, Document, Line, Origin, Table
from zhfacts.layout.normalise import normalise

Span = tuple[int, int]
LONGEST_ROW = 600
"""Characters of the longest line that may be a row; longer ones are records or running text."""
LONGEST_CELL = 30
"""Characters of the longest header or name; longer ones are sentences."""
MOST_COLUMNS = 40
WITHOUT_HEADER = 3
"""Rows and columns of the smallest table without a header: a name and two figures, three times."""
ABOVE = 5
"""Lines above a header, blank ones included, among which caption and unit are looked for."""
BLANK = " \u00a0\u2002\u2003\u3000"
SEPARATED = re.compile(r"\t|\u3000|[ \u00a0\u2002\u2003]{2}")
GAP = re.compile(r"[ \t\u00a0\u2002\u2003\u3000]+")
HAN = regex.compile(r"\p{Han}")
WORD = regex.compile(r"[\p{Han}A-Za-z]")
INDEX = re.compile(r"\d{1,4}")
SENTENCE = frozenset("。；！？")
NOTHING = Origin((), ())


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern over a cell or a line as read."""

    name: str
    pattern: regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line split into cells: their spans in the line, and their texts as read."""

    number: int
    spans: tuple[Span, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows that belong together; `header` is None where the columns are not named."""

    header: Row | None
    rows: tuple[Row, ...]
    unit: int | None = None
    """Line (from 0) that names the unit of all cells: 单位：亿元."""
    stacked: bool = False
    """Whether a second row of words stands above the header, so that it names its columns only in part."""

    def lines(self) -> list[int]:
        """All its lines from 0, that of the unit included."""
        own = [row.number for row in ([self.header] if self.header else []) + list(self.rows)]
        return own if self.unit is None else [self.unit, *own]


class Tables:
    """Finds tables; the patterns of cells are in rules/layout/tables."""

    def __init__(self) -> None:
        cells = {row.name: row.pattern for row in knowledge.rows("layout/tables", "cell", Pattern)}
        nothing = regex.compile("(?!)")
        self.number, self.missing, self.time = (cells.get(n, nothing) for n in ("number", "missing", "time"))
        self.measures = [row.pattern for row in knowledge.rows("layout/tables", "measure", Pattern)]
        self.captions = [row.pattern for row in knowledge.rows("layout/tables", "caption", Pattern)]
        self.units = [row.pattern for row in knowledge.rows("layout/tables", "unit", Pattern)]

    def grids(self, texts: Sequence[str]) -> list[Grid]:
        """The tables among a document's lines, in order."""
        found: list[Grid] = []
        for first, last in _runs(texts):
            strict = list(self._of_run(texts, [_row(i, texts[i], tabs=True) for i in range(first, last)]))
            if not strict and any("\t\t" in texts[i] for i in range(first, last)):
                strict = list(self._of_run(texts, [_row(i, texts[i], tabs=False) for i in range(first, last)]))
            found += strict
        return found

    def _of_run(self, texts: Sequence[str], rows: list[Row]) -> Iterator[Grid]:
        k = 0
        while k < len(rows):
            header = rows[k] if self._is_header(rows[k]) else None
            body = self._below(header, rows, k + 1) if header else []
            grid = self._headed(texts, rows, k, body) if body else self._headless(rows, k)
            if grid:
                yield grid
            k += 1 + len(body) if body or not grid else len(grid.rows)

    def _below(self, header: Row, rows: list[Row], k: int) -> list[Row]:
        """The rows of the header's table: all of as many cells, one more where the header begins with a blank."""
        body: list[Row] = []
        for row in rows[k:]:
            indented = bool(header.texts[0]) and header.spans[0][0] > row.spans[0][0]
            cells = (
                len(body[0].texts) if body else len(header.texts) + (indented and len(row.texts) > len(header.texts))
            )
            again = all(map(self.time.fullmatch, row.texts[1:]))
            if len(row.texts) != cells or again or not self._is_row(row):
                break
            body.append(row)
        return body

    def _headed(self, texts: Sequence[str], rows: list[Row], k: int, body: list[Row]) -> Grid | None:
        """The table of header k, unless it may be a list of contents or names."""
        header = rows[k]
        above = "".join(rows[k - 1].texts) if k else ""
        stacked = bool(above) and self._is_header(rows[k - 1]) and not self.says_more(above)
        grid = Grid(header, tuple(body), self._unit_above(texts, header.number), stacked)
        return grid if self._is_plausible(grid) else None

    def _headless(self, rows: list[Row], k: int) -> Grid | None:
        """Rows of names and figures from row k on whose columns have no names."""
        body: list[Row] = []
        for row in rows[k:]:
            figures = len(row.texts) == len(rows[k].texts) >= WITHOUT_HEADER and self._is_row(row)
            if not figures or not all(self._is_figure(text) for text in row.texts[1:]):
                break
            body.append(row)
        return Grid(None, tuple(body)) if len(body) >= WITHOUT_HEADER else None

    def _is_header(self, row: Row) -> bool:
        if not 2 <= len(row.texts) <= MOST_COLUMNS or not all(row.texts[1:]):
            return False
        return all(not text or self._names(text) for text in row.texts)

    def _is_row(self, row: Row) -> bool:
        """A name and cells of which one at least is a figure; a number of the row may stand before the name."""
        if not 2 <= len(row.texts) <= MOST_COLUMNS or any(len(t) > LONGEST_CELL for t in row.texts):
            return False
        key = 1 if INDEX.fullmatch(row.texts[0]) and not self.time.fullmatch(row.texts[0]) else 0
        rest = row.texts[key + 1 :]
        figures = any(self._is_figure(text) for text in rest) and not SENTENCE.intersection("".join(row.texts))
        return figures and self._names(row.texts[key])

    def _names(self, text: str) -> bool:
        """Whether a cell names a row or column: words or a time."""
        if len(text) > LONGEST_CELL or SENTENCE.intersection(text):
            return False
        return bool(self.time.fullmatch(text) or (WORD.search(text) and not self._is_figure(text)))

    def _is_figure(self, text: str) -> bool:
        return bool(not text or self.missing.fullmatch(text) or self.number.fullmatch(text))

    def _is_number(self, text: str) -> bool:
        return bool(text and not self.missing.fullmatch(text) and self.number.fullmatch(text))

    def _is_plausible(self, grid: Grid) -> bool:
        """Not a list of contents or of names: figures are measured, or there are columns or decimals enough."""
        assert grid.header is not None  # noqa: S101  # only tables with a header are asked
        columns = [[row.texts[c] for row in grid.rows] for c in range(1, len(grid.rows[0].texts))]
        figures = [c for c in columns if all(map(self._is_figure, c)) and any(map(self._is_number, c))]
        cells = [text for c in figures for text in c if self._is_number(text)]
        measured = grid.unit is not None or any(p.search(t) for t in grid.header.texts for p in self.measures)
        measured = measured or (len(grid.rows) > 1 and all(not text[-1].isdecimal() for text in cells))
        enough = len(grid.rows) > 1 and (len(figures) > 1 or any("." in text for text in cells))
        return bool(figures) and (measured or enough)

    def _unit_above(self, texts: Sequence[str], header: int) -> int | None:
        """The line above a header, blank ones between, that names the unit."""
        for i in range(header - 1, max(-1, header - 3), -1):
            if texts[i].strip():
                read = normalise(texts[i])[0] if len(texts[i]) <= LONGEST_ROW else ""
                named = self.unit_of(read)
                return i if named and named.span() == (0, len(read)) else None
        return None

    def says_more(self, text: str) -> bool:
        """Whether a line over a table is its caption or names its unit."""
        return bool(self.unit_of(text) or any(p.match(text) for p in self.captions))

    def unit_of(self, text: str) -> regex.Match[str] | None:
        """Where a line names a unit for all cells: （单位：亿元）."""
        return next((m for pattern in self.units if (m := pattern.search(text))), None)


def table_lines(texts: Sequence[str]) -> list[int]:
    """Lines, from 0, that belong to tables."""
    return [i for grid in tables().grids(texts) for i in grid.lines()]


def cut(document: Document, blocks: Sequence[Block]) -> list[Table]:
    """The document's tables with a header of one row as records; `blocks` say in which article each stands."""
    placed = sorted((block.origin.source[0], block.article) for block in blocks)
    starts = [start for start, _ in placed]
    found = []
    for grid in tables().grids([line.text for line in document.lines]):
        if grid.header is None or grid.stacked:
            continue
        above = bisect_right(starts, document.lines[grid.header.number].start) - 1
        found.append(_table(document, grid, placed[above][1] if above >= 0 else 0))
    return found


def _table(document: Document, grid: Grid, article: int) -> Table:
    assert grid.header is not None  # noqa: S101  # cut() passes tables with a header only
    caption = _line_block(_caption(document, grid), article)
    unit = _line_block(_line(document, grid.unit), article) if grid.unit is not None else caption
    if named := tables().unit_of(unit.text):
        start, end = named.span("unit")
        caption = _part(caption, 0, named.start()) if unit is caption else caption
        unit = _part(unit, start, end)
    else:
        unit = _part(unit, 0, 0)
    columns = len(grid.rows[0].spans)
    cells = [_block(document.lines[row.number], span, article) for row in grid.rows for span in row.spans]
    header = [_block(document.lines[grid.header.number], span, article) for span in grid.header.spans]
    corner = [_part(caption, 0, 0)] * (columns - len(header))
    return Table((caption, unit, *corner, *header, *cells), columns)


def _part(block: Block, start: int, end: int) -> Block:
    """A stretch of a block as a block of its own."""
    source = tuple(block.origin.at(i) for i in range(start, end))
    return Block(block.text[start:end], Origin(tuple(range(end - start)), source), block.role, block.article)


def _caption(document: Document, grid: Grid) -> Line | None:
    """The heading or caption over a table, at most the line of its unit between."""
    first = grid.lines()[0]
    for i in range(first - 1, max(-1, first - ABOVE), -1):
        line = document.lines[i]
        if line.text.strip():
            return line if _heads(line) else None
    return None


def _heads(line: Line) -> bool:
    if line.role in ("caption", "heading"):
        return True
    return len(line.text) <= LONGEST_ROW and tables().says_more(normalise(line.text)[0])


def _line(document: Document, i: int | None) -> Line | None:
    return None if i is None else document.lines[i]


def _line_block(line: Line | None, article: int) -> Block:
    return _block(line, (0, len(line.text)), article) if line else Block("", NOTHING, "table", article)


def _block(line: Line, span: Span, article: int) -> Block:
    """A cell as a block of its own; empty where nothing stands in it."""
    text, pieces = normalise(line.text[slice(*span)])
    logical, at = [], 0
    for start, end in pieces:
        logical.append(at)
        at += end - start
    source = tuple(line.start + span[0] + start for start, _ in pieces)
    return Block(text, Origin(tuple(logical), source), "table", article)


def _runs(texts: Sequence[str]) -> Iterator[Span]:
    """Runs [first, last) of two lines or more that fall into cells."""
    first = None
    for i, text in enumerate([*texts, ""]):
        separated = _has_gap(text) and len(text) <= LONGEST_ROW and SEPARATED.search(text.strip(BLANK)) is not None
        if separated and first is None:
            first = i
        elif not separated and first is not None:
            if i - first > 1:
                yield first, i
            first = None


def _has_gap(text: str) -> bool:
    """A look that is cheaper than any pattern: most lines have none of these."""
    return "  " in text or "\t" in text or "\u3000" in text or "\u00a0" in text or "\u2002" in text or "\u2003" in text


def _row(number: int, text: str, tabs: bool) -> Row:
    """A line's cells: every tab parts two (an empty one may stand between), else every wide gap does."""
    spans = _parted(text, "\t") if tabs and "\t" in text else _spaced(text)
    return Row(number, tuple(spans), tuple(normalise(text[a:b])[0] for a, b in spans))


def _parted(text: str, sign: str) -> list[Span]:
    spans, at = [], 0
    for cell in text.split(sign):
        left = len(cell) - len(cell.lstrip())
        spans.append((at + left, at + max(left, len(cell.rstrip()))))
        at += len(cell) + 1
    return spans


def _spaced(text: str) -> list[Span]:
    """Cells between gaps of two columns or more; single Han characters side by side are one word: 合　计."""
    spans, at, end = [], len(text) - len(text.lstrip()), len(text.rstrip())
    for gap in GAP.finditer(text, at, end):
        if SEPARATED.search(gap.group()):
            spans.append((at, gap.start()))
            at = gap.end()
    joined: list[Span] = []
    single = False
    for a, b in [*spans, (at, end)]:
        letter = b - a == 1 and HAN.match(text, a) is not None
        if letter and single:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
        single = letter
    return joined


@knowledge.built
def tables() -> Tables:
    """The one instance; rules are frozen once loaded."""
    return Tables()
