"""Times resolved against what the text says before them and the document's date, and written in EDTF."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from zhfacts.records import When

From = Literal["stated", "context", "published"]
Ymd = tuple[int | None, int | None, int | None]
LONGEST_SPAN = 1000
"""Years or months of the longest span that 近N年 may reach back."""
SAME_YEAR = 100
FROM_STATED = 90
"""Relative years from FROM_STATED on count from the year last stated, SAME_YEAR being that year: 上年 99, 次年 101."""


class Resolved(NamedTuple):
    """A time with its EDTF form and, where the year is known, its first and last day (inclusive)."""

    when: str
    start: date | None
    end: date | None
    source: From | None
    reference: date | None = None
    """First day of the year or month from which a time without a year of its own counts."""


class Period(NamedTuple):
    """First and last day of the time a claim holds for, and where it was found."""

    start: date | None = None
    end: date | None = None
    source: From | None = None


@dataclass(slots=True)
class Clock:
    """What is known of the time while a text is read: the document's date and the year and month last stated."""

    published: date | None
    present: int | None = None
    """The present year as the text itself says it (进入2024年)."""
    year: int | None = None
    month: int | None = None

    def hear(self, start: date | None) -> None:
        """今年 or 去年 was said: it is the year of what follows."""
        if start is not None:
            self.year, self.month = start.year, None

    def latest(self, size: Decimal | None, unit: str) -> Period | None:
        """The last `size` full years or months before the document's date; None where that is not known."""
        if size is None or size != size.to_integral_value() or not 0 < size < LONGEST_SPAN:
            return None
        n = int(size)
        source: From = "published" if self.published else "context"
        if unit == "year" and (now := self.published.year if self.published else self.present):
            return Period(date(now - n, 1, 1), date(now - 1, 12, 31), source) if now > n else None
        if unit == "month" and self.published:
            months = self.published.year * 12 + self.published.month - 1
            last = (months - 1) // 12, (months - 1) % 12 + 1, None
            return Period(
                _day(((months - n) // 12, (months - n) % 12 + 1, None), last=False), _day(last, last=True), source
            )
        return None

    def turn_page(self) -> None:
        """A new paragraph: the year stated in the last one holds no longer."""
        self.year = self.month = None

    def end_sentence(self) -> None:
        """A new sentence: with a dated document, its date is better evidence than the year stated before."""
        if self.published:
            self.year = None

    def resolve(self, when: When, ahead: bool = False) -> Resolved:
        """The time with its missing year filled in: 前2个月 -> 2024-01/2024-02; `ahead` where it is to come."""
        year, source = self._year(when, ahead)
        month = when.first[1]
        if month is None and when.first[2] is not None:
            year, month, source = self._month(when, year, source)
        first = (year, month, when.first[2])
        last_month = when.last[1] if when.last[1] is not None else month
        last = (self._last_year(when, year), last_month, when.last[2])
        self._remember(when, first)
        start, end = _day(first, last=False), _day(last, last=True)
        if start is None or end is None:
            start = end = None
        told = source if year is not None else None
        counts = year is not None and source != "stated"
        return Resolved(
            edtf(first, last, when.decade), start, end, told, _reference(when, year or 0, month) if counts else None
        )

    def _year(self, when: When, ahead: bool) -> tuple[int | None, From | None]:
        if when.first[0] is not None:
            return when.first[0], "stated"
        if when.relative is not None:
            return self._relative(when.relative)
        if when.last[0] is not None:
            return when.last[0], "stated"
        if self.year is not None:
            return self.year, "context"
        if self.published:
            past = (when.first[1] or 0) > self.published.month and not ahead
            return self.published.year - past, "published"
        return self.present, "context" if self.present is not None else None

    def _relative(self, relative: int) -> tuple[int | None, From | None]:
        if relative >= FROM_STATED:
            relative -= SAME_YEAR
            if self.year is not None:
                return self.year + relative, "context"
        if self.published:
            return self.published.year + relative, "published"
        return (self.present + relative, "context") if self.present is not None else (None, None)

    def _month(self, when: When, year: int | None, source: From | None) -> tuple[int | None, int | None, From | None]:
        """The month of a bare day: the one last stated, else the latest before the document's date."""
        if self.month is not None and when.month_relative is None:
            return year, self.month, source
        if self.published is None:
            return (None, None, None) if self.month is None else (year, self.month, source)
        months = self.published.year * 12 + self.published.month - 1 + (when.month_relative or 0)
        if when.month_relative is None and (when.first[2] or 0) > self.published.day:
            months -= 1
        return months // 12, months % 12 + 1, "published"

    def _last_year(self, when: When, year: int | None) -> int | None:
        if when.last[0] is not None:
            return when.last[0]
        if when.relative_end is not None and when.relative_end != when.relative:
            return self._relative(when.relative_end)[0]
        return year

    def _remember(self, when: When, first: Ymd) -> None:
        """Only a plain year, month or day sets the scene for what follows; spans, decades and centuries do not."""
        if when.decade or when.first[0] != when.last[0] or (first[0] or 1) < 1000:
            return
        if when.first[0] is not None or when.relative is not None:
            self.year = first[0] if first[0] is not None else self.year
            self.month = None
        if first[1] is not None and when.first[1] == when.last[1]:
            self.month = first[1]


def _reference(when: When, year: int, month: int | None) -> date | None:
    """The first day of the year or month from which a time counts: 去年 that comes to 2023 counts from 2024-01-01."""
    if when.first[1] is None and when.first[2] is not None and month is not None:
        months = year * 12 + month - 1 - (when.month_relative or 0)
        year, month = months // 12, months % 12 + 1
    else:
        relative = when.relative or 0
        year, month = year - (relative - SAME_YEAR if relative >= FROM_STATED else relative), 1
    return date(year, month, 1) if 1 <= year <= 9999 else None


def counted(when: When, reference: date | None) -> str:
    """A time in EDTF, read against the reference that its fact records: 去年 against 2024-01-01 is 2023."""
    if reference is None:
        return Clock(None).resolve(when).when
    if when.month_relative is not None:
        return Clock(reference).resolve(when).when
    alone = when.first[1] is None and when.first[2] is not None
    clock = Clock(None, reference.year, reference.year, reference.month if alone else None)
    return clock.resolve(when).when


def edtf(first: Ymd, last: Ymd, decade: bool = False) -> str:
    """EDTF (ISO 8601-2) of a span, one form where both ends are the same: 2018/2022, XXXX-12-02, 199X."""
    if decade and first[0] is not None and last[0] is not None:
        return f"{first[0] // 10:03}X" if last[0] - first[0] == 9 else f"{first[0] // 100:02}XX"
    a, b = _edtf(first), _edtf(last)
    return a if a == b else f"{a}/{b}"


def _edtf(ymd: Ymd) -> str:
    year, month, day = ymd
    text = "XXXX" if year is None else f"{year:04}" if year >= 0 else f"-{-year:04}"
    if month is None and day is None:
        return text
    text += "-XX" if month is None else f"-{month:02}"
    return text if day is None else f"{text}-{day:02}"


def _day(ymd: Ymd, last: bool) -> date | None:
    """First or last day of a year, month or day; None where the year is not known, before year 1, or no such day."""
    year, month, day = ymd
    if year is None or not 1 <= year <= 9999 or (month is None and day is not None):
        return None
    month = month or (12 if last else 1)
    length = calendar.monthrange(year, month)[1]
    if day is not None and day > length:
        return None
    return date(year, month, day or (length if last else 1))
