"""What each line is on the page: body, heading, contact line, caption. Patterns are in rules/layout/roles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import regex

from zhfacts import knowledge
from zhfacts.layout.normalise import characters
from zhfacts.layout.tables import table_lines
from zhfacts.records import Role

LONGEST_PATTERN_LINE = 400
"""Longer lines are running text; no role pattern is tried on them."""
PAGE_ENTRIES = 4
"""Entries that make a contents page; fewer may be names with a figure behind them."""
PAGE_GAP = 36
"""Lines between two entries of one contents page: a summary, blank lines, an advert."""
HEADING = 34
"""Characters of the longest line that may be a heading."""
SENTENCE = 36
"""Columns from which the first of two lines is running text that goes on in the second."""
EVEN = 14
"""Characters of the shortest line that may be full by its number of characters."""
TERMINAL = "。！？；…”」』"
"""Signs at which a sentence may end."""
OPEN_END = "，、：,;:的是和与在对为了将及或以这其所不被把从向而但并也又都就可能有至到由"
"""Characters at which no heading ends: the sentence goes on."""
MARKS = frozenset("“”‘’")
MARK = re.compile("[“”‘’]")
NUMBERED = regex.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、]\s?\D|第[一二三四五六七八九十]{1,3}[章节])"
)


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A pattern over one line, and the role of the lines it fits."""

    name: str
    role: str
    pattern: regex.Pattern[str]
    longest: int
    unless: regex.Pattern[str] | None = None
    unless_next: regex.Pattern[str] | None = None
    section: bool = False
    until: regex.Pattern[str] | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Assigned:
    """A line's role and the row that gave it ("" for body and heading)."""

    role: Role
    rule: str = ""


class Roles:
    """Assigns roles to the lines of a document."""

    def __init__(self) -> None:
        self.rows = knowledge.rows("layout/roles", "role", RoleRow)

    def of_line(self, text: str, in_column: bool = False, below: str = "") -> Assigned:
        """The role that the line's own words give it; `in_column` inside a hard-wrapped column.

        `below` is the very next line: the 57 above 84亿元 is no page number.
        """
        text = text.strip() if text.isascii() or "\t" in text else text.translate(characters()).strip()
        if not text or len(text) > LONGEST_PATTERN_LINE:
            return Assigned("body")
        for row in self.rows:
            if in_column and row.alone:
                continue
            if len(text) <= row.longest and row.pattern.search(text) and not self._denied(row, text, below):
                return Assigned(row.role, row.name)  # type: ignore[arg-type]  # test_rules checks the roles
        return Assigned("body")

    def of_lines(self, texts: Sequence[str]) -> list[Assigned]:
        """Roles of all lines of a document: sections go on, lone short lines are headings."""
        wrapped = _wrapped(texts)
        lines = zip_longest(texts, wrapped, texts[1:], fillvalue="")
        found = [self.of_line(text, bool(in_column), below) for text, in_column, below in lines]
        for i in table_lines(texts):
            found[i] = Assigned("table", "grid")
        self._sections(texts, found)
        _whole_captions(texts, found)
        _contents_pages(texts, found)
        for i in range(len(texts)):
            if found[i].role == "body" and _is_heading(texts, found, i):
                found[i] = Assigned("heading")
        return found

    def _denied(self, row: RoleRow, text: str, below: str) -> bool:
        if row.unless_next and row.unless_next.match(below.strip()):
            return True
        return row.unless is not None and row.unless.search(text) is not None

    def _sections(self, texts: Sequence[str], found: list[Assigned]) -> None:
        """A bibliography goes on from its heading while its lines look like entries."""
        current: RoleRow | None = None
        by_name = {row.name: row for row in self.rows}
        for i, text in enumerate(texts):
            row = by_name.get(found[i].rule)
            if row is not None and row.section:
                current = row
            elif current is not None and text.strip():
                ended = current.until is not None and current.until.search(text) is not None
                if ended or found[i].role in ("byline", "furniture", "heading"):
                    current = None
                elif found[i].role in ("body", "contents") and _is_entry(text):
                    found[i] = Assigned("bibliography", current.name)
                elif found[i].role == "body":
                    current = None


def _wrapped(texts: Sequence[str]) -> list[bool]:
    """Which lines stand in a hard-wrapped column: three or more of about one width, or a long open one and its end."""
    found = [False] * len(texts)
    for first, last in runs(texts):
        widths = [width(t) for t in texts[first:last]]
        full = sum(w >= max(widths) - 6 for w in widths)
        column = len(widths) >= 3 and full >= 0.6 * len(widths) and max(widths) > 16
        column = column or is_cut([len(t) for t in texts[first:last]])
        short = len(widths) == 2 and widths[0] >= max(widths[1], SENTENCE) and texts[first].strip()[-1] not in TERMINAL
        if column or short:
            found[first:last] = [True] * len(widths)
    return found


def is_cut(sizes: Sequence[int]) -> bool:
    """Whether lines of so many characters are a text cut after a number of them: all alike but for a shorter last."""
    return len(sizes) >= 3 and sizes[0] >= EVEN and sizes[-1] <= sizes[0] and all(n == sizes[0] for n in sizes[:-1])


def runs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Runs [first, last) of lines without a blank one between."""
    found, first = [], None
    for i, text in enumerate([*texts, ""]):
        if text.strip() and first is None:
            first = i
        elif not text.strip() and first is not None:
            found.append((first, i))
            first = None
    return found


def width(text: str) -> int:
    """Columns that a line takes on the page: two for a Han character or quotation mark, one for a Latin one."""
    return widths(text)[1]


def widths(text: str) -> tuple[int, int]:
    """Columns of a line, spaces left out, with quotation marks of one column and of two: printers do either."""
    tight = "".join(text.split())
    columns = 2 * len(tight) - len(tight.encode("ascii", "ignore"))
    marks = sum(map(tight.count, MARKS)) if MARK.search(tight) else 0
    return columns - marks, columns


def _whole_captions(texts: Sequence[str], found: list[Assigned]) -> None:
    """A photo's caption of several lines is known by its last one (…摄)."""
    for first, last in runs(texts):
        if last - first <= 5 and found[last - 1].rule == "photo":
            for i in range(first, last - 1):
                if found[i].role == "body":
                    found[i] = found[last - 1]


def _contents_pages(texts: Sequence[str], found: list[Assigned]) -> None:
    """Titles and summaries between the entries of a contents page (names and a page number) belong to it."""
    entries = [i for i, a in enumerate(found) if a.role == "contents"]
    for page in _near(entries):
        if len(page) < PAGE_ENTRIES:
            continue
        for i in range(page[0], min(len(found), page[-1] + 3)):
            if found[i].role == "body" and texts[i].strip():
                found[i] = Assigned("contents", "contents-page")


def _near(places: list[int]) -> Iterator[list[int]]:
    """Runs of places that follow each other within PAGE_GAP lines."""
    run: list[int] = []
    for i in places:
        if run and i - run[-1] > PAGE_GAP:
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _is_entry(text: str) -> bool:
    return bool(regex.match(r"\W{0,4}(?:[\[［（(〔①-⑳]\s?\d*|\d{1,3}[.．\]])", text.strip()))


def _is_heading(texts: Sequence[str], found: Sequence[Assigned], i: int) -> bool:
    """A short line without a sentence end that stands alone, or that carries a section number."""
    text = texts[i].strip()
    if not text or len(text) > HEADING or text[-1] in TERMINAL + OPEN_END or text.count("“") != text.count("”"):
        return False
    alone = not _body_at(texts, found, i - 1) and not _body_at(texts, found, i + 1)
    before = _before(texts, i)
    follows_open = bool(before) and before[-1] not in TERMINAL + "）)》：:" and len(before) > HEADING
    if follows_open and not NUMBERED.match(text):
        return alone and len(text) <= 20 and not text[-1].isdigit()
    return alone or bool(NUMBERED.match(text) and not _body_at(texts, found, i - 1))


def _body_at(texts: Sequence[str], found: Sequence[Assigned], i: int) -> bool:
    return 0 <= i < len(texts) and found[i].role == "body" and bool(texts[i].strip())


def _before(texts: Sequence[str], i: int) -> str:
    """The nearest line above that is not blank."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if texts[j].strip():
            return texts[j].strip()
    return ""


@knowledge.built
def roles() -> Roles:
    """The one instance; rules are frozen once loaded."""
    return Roles()
