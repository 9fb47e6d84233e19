"""Times as annotation writes them: 2024-02, 2018/2022, and XXXX-12-02 for a date whose year is not known.

Example: `interval("2024-02")` is 1 to 29 February, `written` turns these back into "2024-02".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

Interval = tuple[date, date]
"""First and last day, inclusive."""

YEARLESS: Final = (
    (re.compile(r"(\d+)月(\d+)日"), "XXXX-{0:02}-{1:02}"),
    (re.compile(r"(\d+)日"), "XXXX-XX-{0:02}"),
    (re.compile(r"(\d+)月份?[底末初]?"), "XXXX-{0:02}"),
    (re.compile("上半年"), "XXXX-01/XXXX-06"),
    (re.compile("下半年"), "XXXX-07/XXXX-12"),
    (re.compile("前三季度"), "XXXX-01/XXXX-09"),
)
"""Forms of a date without its year, and how EDTF writes them."""
QUARTER: Final = re.compile("第?([一二三四])季度(末?)")


def interval(text: str) -> Interval | None:
    """First and last day of 2024, 2024-02, 2024-02-15 or two of these with / between; None for anything else."""
    ends = text.split("/")
    try:
        return _first(_parts(ends[0])), _last(_parts(ends[-1]))
    except ValueError:
        return None


def _parts(text: str) -> list[int]:
    parts = [int(part) for part in text.split("-")]
    if len(parts) > 3:
        raise ValueError(text)
    return parts


def _first(parts: list[int]) -> date:
    return date(*(*parts, 1, 1)[:3])


def _last(parts: list[int]) -> date:
    if len(parts) == 3:
        return date(*parts)
    year, month = (*parts, 12)[:2]
    return date(year, month, monthrange(year, month)[1])


def written(first: date, last: date) -> str:
    """The shortest text of which `interval` gives these days: 2018-01-01 to 2022-12-31 is 2018/2022."""
    for length in (4, 7, 10):
        ends = dict.fromkeys(day.isoformat()[:length] for day in (first, last))
        text = "/".join(ends)
        if interval(text) == (first, last):
            break
    return text


def yearless(text: str) -> str | None:
    """EDTF of a date without its year, 12月2日 -> XXXX-12-02; None for forms that are not plain."""
    if m := QUARTER.fullmatch(text):
        last = 3 * ("一二三四".index(m[1]) + 1)
        return f"XXXX-{last:02}" if m[2] else f"XXXX-{last - 2:02}/XXXX-{last:02}"
    for pattern, form in YEARLESS:
        if m := pattern.fullmatch(text):
            return form.format(*map(int, m.groups()))
    return None
