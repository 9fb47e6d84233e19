"""What each line is on the page: body, heading, contact line, caption. Patterns are in rules/layout/roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

import regex

from zhfacts import knowledge
from zhfacts.layout.contents import mark_contents
from zhfacts.layout.lines import TERMINAL, Assigned, Lines, runs
from zhfacts.layout.normalise import characters, special
from zhfacts.layout.regions import mark_regions
from zhfacts.layout.repeats import mark_numbered_heads, mark_running_heads, repeated
from zhfacts.layout.tables import table_lines

LONGEST_PATTERN_LINE = 400
"""Longer lines are running text; no role pattern is tried on them."""
HEADING = 34
"""Characters of the longest line that may be a heading."""
NAMES = frozenset({"reporter", "box-author"})
"""Rules of by-lines that stand under a headline."""
SUBTITLE = "——"
CAPTION = 5
"""Lines of the longest caption."""
OPEN_END = "，、：,;:的是和与在对为了将及或以这其所不被把从向而但并也又都就可能有至到由"
"""Characters at which no heading ends: the sentence goes on."""
CONTINUES = frozenset("的了着过")
"""Characters at which no sentence begins: the line above is no heading but its first half."""
CLAUSES, CLAUSED = 2, 20
"""Commas that make a line of more than so many characters a piece of a sentence."""
LABELLED = 0.6
"""Share of labelled lines (社长：林岸) in a run without blank lines that is no column of text."""
FIGURE = regex.compile(r"\d")
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
    zone: str = ""
    has: str = ""


@dataclass(frozen=True, slots=True)
class SignRow:
    """A pattern over one line that says what it names, e.g. an organisation."""

    name: str
    pattern: regex.Pattern[str]


BODY = Assigned("body")


class Roles:
    """Assigns roles to the lines of a document."""

    def __init__(self) -> None:
        self.rows = knowledge.rows("layout/roles", "role", RoleRow)
        self.special, self.characters = special(), characters()
        self.bits: dict[str, int] = {}
        for n, row in enumerate(self.rows):
            for sign in row.has:
                self.bits[sign] = self.bits.get(sign, 0) | 1 << n
        self.signs = frozenset(self.bits)
        self.always = sum(1 << n for n, row in enumerate(self.rows) if not row.has)
        fit = [
            sum(1 << n for n, r in enumerate(self.rows) if size <= r.longest)
            for size in range(LONGEST_PATTERN_LINE + 1)
        ]
        alone = sum(1 << n for n, row in enumerate(self.rows) if row.alone)
        self.fit = {False: fit, True: [rows & ~alone for rows in fit]}
        """Rows as bits: which may fit a line of so many characters, by whether it stands in a column."""
        self.zones = {row.name: row.zone for row in self.rows if row.zone}
        signs = {row.name: row.pattern for row in knowledge.rows("layout/roles", "sign", SignRow)}
        self.organisation = signs["organisation"]

    def of_line(self, text: str, in_column: bool = False, below: str = "") -> Assigned:
        """The role that the line's own words give it; `in_column` inside a hard-wrapped column.

        `below` is the very next line: the 57 above 84亿元 is no page number.
        """
        if "\t" not in text and self.special.search(text):
            text = text.translate(self.characters)
        text = text.strip()
        if not text or len(text) > LONGEST_PATTERN_LINE:
            return BODY
        rows = self.always
        for sign in self.signs.intersection(text):
            rows |= self.bits[sign]
        rows &= self.fit[in_column][len(text)]
        while rows:
            lowest = rows & -rows
            rows ^= lowest
            row = self.rows[lowest.bit_length() - 1]
            if row.pattern.search(text) and not self._denied(row, text, below):
                return Assigned(row.role, row.name)  # type: ignore[arg-type]  # test_rules checks the roles
        return BODY

    def of_lines(self, texts: Sequence[str]) -> list[Assigned]:
        """Roles of all lines of a document: by their words, then by region; lone short lines are headings."""
        lines = Lines(texts)
        rows = zip_longest(texts, lines.in_column, texts[1:], fillvalue="")
        found = [self.of_line(text, bool(column), below) if text else BODY for text, column, below in rows]
        for i in table_lines(texts):
            found[i] = Assigned("table", "grid")
        self._label_runs(lines, found)
        self._sections(texts, found)
        self._whole_captions(lines, found)
        _subtitled(lines, found)
        _headlined(lines, found)
        repeats = repeated(lines, found)
        mark_numbered_heads(lines, repeats, found)
        contents = mark_contents(lines, found)
        mark_running_heads(lines, repeats, found)
        mark_regions(lines, found, contents, self.zones, self.organisation)
        for i in range(len(texts)):
            if found[i].role == "body" and _is_heading(lines, found, i):
                found[i] = Assigned("heading")
        return found

    def _denied(self, row: RoleRow, text: str, below: str) -> bool:
        if row.unless_next and row.unless_next.match(below.strip()):
            return True
        return row.unless is not None and row.unless.search(text) is not None

    def _label_runs(self, lines: Lines, found: list[Assigned]) -> None:
        """A run of even lines most of which are labels (社长：林岸) is a masthead, not a column of text.

        A line without a label goes with them, unless it states a figure (预算 500万元).
        """
        for first, last in lines.columns:
            begins = [self.of_line(text) for text in lines.texts[first : first + 2]]
            if all(a.role == "body" for a in begins):
                continue
            labels = begins + [self.of_line(text) for text in lines.texts[first + 2 : last]]
            told = [a for a in labels if a.role != "body"]
            if len(told) >= LABELLED * len(labels):
                found[first:last] = [
                    told[0] if a.role == "body" and not FIGURE.search(text) else a
                    for a, text in zip(labels, lines.texts[first:last], strict=True)
                ]

    def _whole_captions(self, lines: Lines, found: list[Assigned]) -> None:
        """A photo's caption of several lines is known by its last one (…摄)."""
        for first, last in runs(lines.texts):
            if last - first > CAPTION:
                continue
            end, told = lines.texts[last - 1], found[last - 1]
            if lines.in_column[last - 1] and end[-1] not in TERMINAL:
                told = self.of_line(end)
            if told.rule == "photo":
                found[first:last] = [told if a.role == "body" else a for a in found[first:last]]

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


def _subtitled(lines: Lines, found: list[Assigned]) -> None:
    """Two short lines by themselves, the second with a dash before it (——论港口数字化), are a title."""
    for first, last in runs(lines.texts):
        title = lines.texts[first:last]
        if len(title) == 2 and title[1].startswith(SUBTITLE) and all(t[-1] not in "。；！，、：" for t in title):
            for i in range(first, last):
                if found[i].role == "body" and len(lines.texts[i]) <= HEADING:
                    found[i] = Assigned("heading")


def _headlined(lines: Lines, found: list[Assigned]) -> None:
    """The short line right above a by-line that ends no sentence is its headline, whatever stands above it."""
    for i, (text, below) in enumerate(pairwise(lines.texts)):
        named = found[i + 1].rule in NAMES and found[i].role == "body" and 0 < len(text) <= HEADING
        if named and not _is_piece(text, below):
            found[i] = Assigned("heading")


def _is_entry(text: str) -> bool:
    return bool(regex.match(r"\W{0,4}(?:[\[［（(〔①-⑳]\s?\d*|\d{1,3}[.．\]])", text.strip()))


def _is_heading(lines: Lines, found: Sequence[Assigned], i: int) -> bool:
    """A short line without a sentence end that stands alone, or that carries a section number."""
    text = lines.texts[i]
    if not text or len(text) > HEADING or _is_piece(text, lines.below(i)):
        return False
    alone = not _body_at(lines, found, i - 1) and not _body_at(lines, found, i + 1)
    before = lines.above(i)
    follows_open = bool(before) and before[-1] not in TERMINAL + "）)》：:" and len(before) > HEADING
    if follows_open and not NUMBERED.match(text):
        return alone and len(text) <= 20 and not text[-1].isdigit()
    return alone or bool(NUMBERED.match(text) and not _body_at(lines, found, i - 1))


def _is_piece(text: str, below: str) -> bool:
    """Whether a short line is a piece of a sentence: it ends or goes on, holds an end, or two commas."""
    quoted = text[-1] in "”」』" and text[-2:-1] not in TERMINAL
    if text.count("“") != text.count("”") or (text[-1] in TERMINAL + OPEN_END and not quoted):
        return True
    clauses = len(text) > CLAUSED and text.count("，") >= CLAUSES
    return clauses or "。" in text or below[:1] in CONTINUES


def _body_at(lines: Lines, found: Sequence[Assigned], i: int) -> bool:
    return 0 <= i < len(found) and found[i].role == "body" and bool(lines.texts[i])


@knowledge.built
def roles() -> Roles:
    """The one instance; rules are frozen once loaded."""
    return Roles()
