"""Whether a line goes on with the line above: 营业收入达到57 | 84亿元 does, and 本报讯 never."""

from __future__ import annotations

from typing import NamedTuple

import regex

from zhfacts.documents import Line
from zhfacts.layout.lines import TERMINAL
from zhfacts.layout.roles import NUMBERED

LONG = 60
"""Columns from which a line by itself is an unwrapped paragraph rather than a fragment."""
BRIDGE = 14
"""Lines (blank ones, captions, page furniture) over which an open sentence may go on."""
OPENER = regex.compile(
    r"^\W{0,2}(?:[■□●◆▲★▶※【]|本报讯|本报[\p{Han}]{2,6}讯|本报[\p{Han}]{2,6}\d{1,2}月|新华社|据新华社|——|[①-⑳]|[-•·]\s)"
)
HAN = regex.compile(r"\p{Han}[^，。；]{0,24}$")
SPLIT_NUMBER = regex.compile(r"[\d百千万亿][年月日%亿万千元个]")
ENDS = frozenset(TERMINAL + "：:")


class Read(NamedTuple):
    """A line as read: normalised, with its pieces and what the decision to join looks at."""

    at: int
    """Its number in the order of reading, from 0."""
    line: Line
    text: str
    pieces: list[tuple[int, int]]
    width: int
    full: bool
    article: int
    cut: bool = False
    """Whether it ends where a number of characters was full, maybe inside a word."""


def joins(above: Read, below: Read, gap: int, reach: int) -> bool:
    """Whether a line goes on with the paragraph above: `gap` lines lie between, `reach` columns are read so far.

    Evidence: a number is cut in two (2017|年), the line above fills its column, its sentence is open (no end
    sign, or a comma), the line below does not begin something new. Without a gap a full line is enough; over
    a gap the sentence must be open.
    """
    if above.line.role != "body" or not above.text or not below.text or above.article != below.article:
        return False
    if below.line.number < above.line.number:  # read before it, in another column
        return False
    last = above.text[-1]
    comma = last in "，、,"
    if splits_number(above.text, below.text, gap):
        return gap <= BRIDGE
    is_open = last not in ENDS
    if gap == 0:
        return comma or (above.full and (is_open or not starts_new(below.text)))
    if gap > BRIDGE or not is_open or not (comma or above.full or reach >= LONG):
        return False
    return not starts_new(below.text)


def starts_new(text: str) -> bool:
    """Whether a line begins something new: 本报讯, ■, 二、."""
    return bool(OPENER.match(text) or NUMBERED.match(text))


def splits_number(above: str, below: str, gap: int) -> bool:
    """Whether a number runs over the line end: 2017|年, and on the very next line also 57|84亿元 and 8.|7%."""
    if SPLIT_NUMBER.match(above[-1] + below[0]):
        return True
    if below[0] == "." and below[1:2].isdecimal() and above[-1].isdecimal():
        return not gap
    digits = below[0].isdecimal() and (above[-1].isdecimal() or (above[-1] in ".," and above[-2:-1].isdecimal()))
    return digits and not gap and (HAN.search(above) is not None or above.isdecimal())
