"""One sentence with what was found in it, and what its words say of who stands for a number."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import regex

from zhfacts.link.change import CLAUSE
from zhfacts.records import Mention, Number

LONGEST_HEDGE = 3
"""Characters between 的 and a multiple, itself included: 的近两倍."""
BASE_SIGNS = frozenset("为是、和及到于达")
CONVERSION = regex.compile(r"[（(](?:折合|约合|约|合|相当于|人民币|大约)*")


COLONS = frozenset("：:")
BREAK = re.compile("[" + re.escape("".join(sorted(CLAUSE))) + "]")


@dataclass(slots=True)
class Sentence:
    """One sentence of a block with what was found in it."""

    block: int
    text: str
    start: int
    end: int
    mentions: list[Mention]
    numbers: list[Number]
    breaks: Sequence[int] = ()
    """Where its clauses begin, the first left out; only those of a sentence with numbers are asked for."""
    begins: Sequence[int] = ()
    ends: Sequence[int] = ()
    """Where its numbers begin and end, both in order: numbers never overlap."""

    def __post_init__(self) -> None:
        if self.numbers:
            self.begins, self.ends = [n.start for n in self.numbers], [n.end for n in self.numbers]
            ends = [m.end() for m in BREAK.finditer(self.text, self.start, self.end)]
            self.breaks = [end for end in ends if not self._is_within(end)]

    def _is_within(self, at: int) -> bool:
        """Whether a place lies inside a number, as the one behind the comma of 1,260元."""
        k = bisect_right(self.begins, at) - 1
        return k >= 0 and self.begins[k] < at < self.ends[k]


def clause_of(s: Sentence, at: int) -> int:
    """Where the clause that holds `at` begins."""
    if s.text[at - 1 : at] in COLONS and at - 1 > s.start:
        at -= 1
    before = bisect_right(s.breaks, at)
    return s.breaks[before - 1] if before else s.start


def bracket_owner(s: Sentence, number: Number, clause: int) -> Mention | None:
    """Whose bracket the number stands in: 中部地区（下降1.6个百分点）."""
    opening = max(s.text.rfind(c, clause, number.start) for c in "（(")
    if opening < 0 or any(s.text.find(c, opening, number.start) >= 0 for c in "）)"):
        return None
    return next((m for m in s.mentions if m.end == opening), None)


def is_base(s: Sentence, mention: Mention, number: Number) -> bool:
    """True for what a multiple is taken against: 为墨西哥的1.3倍、越南的1.6倍."""
    between = s.text[mention.end : number.start]
    before = s.text[mention.start - 1 : mention.start]
    return between.startswith("的") and (len(between) <= LONGEST_HEDGE) and before in BASE_SIGNS


def converts(s: Sentence, number: Number) -> bool:
    """True for the second amount of 3亿欧元（约合4.35亿美元）: the same claim in other money."""
    last = max((n for n in s.numbers if n.end <= number.start), key=lambda n: n.end, default=None)
    return bool(last and last.kind == number.kind == "money" and CONVERSION.fullmatch(s.text, last.end, number.start))
