"""What a document says of its own date, and the time for which a claim holds. Rules are in rules/link/context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

import regex

from zhfacts import knowledge
from zhfacts.documents import Block
from zhfacts.lexicon import alternation
from zhfacts.link.dates import Clock, From, Period
from zhfacts.records import Number

FIRST_LINES = 20
"""Lines of a document that may name its issue."""
LONGEST_LINE = 400
"""Characters at the beginning of a line in which a dateline is looked for."""


@dataclass(frozen=True, slots=True)
class Published:
    """A pattern of a line that names the document's date."""

    name: str
    pattern: regex.Pattern[str]
    lines: int


@dataclass(frozen=True, slots=True)
class Present:
    """A pattern of running text that names the present year."""

    name: str
    pattern: regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Relative:
    """Words of time without a numeral, in years from the reference year."""

    name: str
    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    unless: regex.Pattern[str] | None = None


class Context:
    """Dates of documents and periods of claims; built once from the rules."""

    def __init__(self) -> None:
        self.published_rows = knowledge.rows("link/context", "published", Published)
        self.present_rows = knowledge.rows("link/context", "present", Present)
        self.issue_rows = knowledge.rows("link/context", "issue", Present)
        self.relative = {}
        for row in knowledge.rows("link/context", "relative", Relative):
            self.relative.update({w: (int(v), row.unless) for w, v in zip(row.words, row.values, strict=True)})
        self.plans = {
            word: _years(span)
            for row in knowledge.rows("link/context", "plan", Relative)
            for word, span in zip(row.words, row.values, strict=True)
        }
        self.bases = _words("base")
        self.recent = regex.compile("(?r)(?:" + alternation(_words("recent")) + ")")
        self.future = regex.compile(alternation(_words("future")))
        self.words = regex.compile(alternation([*self.relative, *self.plans]))

    def published(self, lines: list[str]) -> date | None:
        """The date on the document's masthead or dateline, None where it has none; `lines` are normalised."""
        for row in self.published_rows:
            for line in lines[: row.lines]:
                m = row.pattern.search(line[:LONGEST_LINE])
                if m and (found := _date(m)):
                    return found
        return None

    def present(self, blocks: list[Block], lines: Sequence[str] = ()) -> int | None:
        """The present year as running text names it (进入2024年), else the first lines do (2025年 第18期)."""
        for row in self.present_rows:
            for block in blocks:
                if "年" in block.text and (m := row.pattern.search(block.text)):
                    return int(m["y"])
        issues = (row.pattern.search(line) for row in self.issue_rows for line in lines[:FIRST_LINES] if "期" in line)
        return next((int(m["y"]) for m in issues if m), None)

    def is_base(self, text: str, at: int) -> bool:
        """True for a time that others are compared with: 较2019年."""
        return any(text[max(0, at - n) : at] in self.bases for n in (1, 2))

    def is_ahead(self, text: str, start: int, end: int) -> bool:
        """True where the clause speaks of what is to come: 将于5月举办."""
        return self.future.search(text, start, end) is not None

    def latest(self, text: str, number: Number, clock: Clock) -> Period | None:
        """The span of a duration that ends now: 过去三年 of a text of 2024 -> 2021 to 2023."""
        if number.kind != "duration" or not self.recent.match(text, max(0, number.start - 4), number.start):
            return None
        return clock.latest(number.value, number.unit)

    def spoken(self, text: str, start: int, end: int, clock: Clock) -> list[tuple[int, Period]]:
        """Times without a numeral in [start, end) with their places: 去年 -> the year before the document's, 十四五."""
        found = []
        for m in self.words.finditer(text, start, end):
            if m.group() in self.plans:
                found.append((m.start(), self.plans[m.group()]))
                continue
            value, unless = self.relative[m.group()]
            now = clock.published.year if clock.published else clock.present
            if now is None or self.is_base(text, m.start()) or (unless and unless.match(text, m.end(), end)):
                continue
            year = now + value
            source: From = "published" if clock.published else "context"
            if MINYEAR <= year <= MAXYEAR:  # 去年 of a text of the year 1 is no date
                found.append((m.start(), Period(date(year, 1, 1), date(year, 12, 31), source)))
        return found


def _years(span: str) -> Period:
    """The period of a span of years: 2021/2025."""
    first, last = map(int, span.split("/"))
    return Period(date(first, 1, 1), date(last, 12, 31), "stated")


def _date(m: regex.Match[str]) -> date | None:
    g = m.groupdict()
    try:
        return date(int(g["y"]), int(g.get("m") or 1), int(g.get("d") or 1))
    except ValueError:
        return None


def _words(table: str) -> frozenset[str]:
    return frozenset(w for r in knowledge.rows("link/context", table, Relative) for w in r.words)


@knowledge.built
def context() -> Context:
    """The one instance; rules are frozen once loaded."""
    return Context()
