"""What a basis is looked for, and the words that may be one, by how they were found: 全国 in 占全国的40%."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from zhfacts import knowledge
from zhfacts.lexicon import alternation
from zhfacts.link.attributes import attributes
from zhfacts.link.change import CLAUSE, Change, changes
from zhfacts.link.parse import OF, Parse
from zhfacts.link.properties import Place, Span, next_number, phrase_behind
from zhfacts.link.sentence import Sentence
from zhfacts.records import TIME_KINDS, Number

RELATIVE = frozenset({"percent", "percentage_point", "fraction", "multiple"})
"""Kinds of numbers that are always taken against something, said or not."""
BACK = 2
"""Clauses before the number's in which its basis may stand."""
MOST = 24
"""Words for a number; of more those that stand nearest."""
PHRASE = 5
"""Words of the longest phrase behind a word such as 比: 较 去年 国庆 假期 首 日."""
LONGEST = 20
"""Characters of the longest basis."""
FILLERS, OWNERS = 1, 4
"""Words between 的 and the number, and before 的."""
EMPTY = frozenset({"PART", "CCONJ", "SCONJ", "PUNCT", "AUX"})
"""Parts of speech with which no basis ends."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its sorts, parted by blanks: among, share, shared, joins, apart, ends."""

    word: str
    sorts: str


class Wholes:
    """The words of rules/link/ranker/wholes.csv by sort."""

    def __init__(self) -> None:
        rows = knowledge.table("link/ranker/wholes.csv", Word)
        among, share, shared, joins, self.apart, self.ends = (
            tuple(row.word for row in rows if sort in row.sorts.split())
            for sort in ("among", "share", "shared", "joins", "apart", "ends")
        )
        self.among, self.share = regex.compile(alternation(among)), regex.compile(alternation(share))
        self.shared, self.joins = regex.compile(f"(?:{alternation(shared)})$"), regex.compile(alternation(joins))

    def state(self, words: str) -> str:
        """What a clause says of wholes: a part of what was named (among), a share, or nothing (plain)."""
        return "among" if self.among.search(words) else "share" if self.share.search(words) else "plain"

    def trimmed(self, text: str, span: Span) -> Span:
        """A span without the words that only join it, where segmentation took them for a part: 占|营收, 2022年|相比."""
        start, end = span
        if (m := self.joins.match(text, start, end)) and not text.startswith(self.apart, start, end):
            start = m.end()
        return start, end - next((len(word) for word in self.ends if text.endswith(word, start, end)), 0)


@knowledge.built
def wholes() -> Wholes:
    """The one instance; rules are frozen once loaded."""
    return Wholes()


class Base(NamedTuple):
    """The basis of a number before: its words or code, the sentence of its article, and where the words stand."""

    said: str
    sentence: int
    place: Place | None


@dataclass(slots=True)
class Against:
    """What a basis is looked for: a number, its clause, what the words beside it say, and of what it is."""

    s: Sentence
    parsed: Parse
    number: Number
    clause: int
    change: Change
    measured: Place | None = None
    """The words of its property."""
    subject: Place | None = None
    amount: Place | None = None
    """Those of the number before, in the block: 海外收入为86亿美元，东南亚占三成."""
    last: Base | None = None
    """The basis of the number before, in the article."""
    sentence: int = 0
    way: str = ""
    """Whether the number is the size of a change, a difference, a level, or a level that is a multiple."""
    state: str = ""
    """What its clause says of wholes before it: a part of what was named (其中), a share (占), nothing."""
    head: str = ""
    """The last word of the property where it stands in the sentence: 占比, 份额."""
    edge: int = 0
    """How many clauses of the sentence begin before the number."""

    def __post_init__(self) -> None:
        s, place, before = self.s, self.measured, self.s.text[self.clause : self.number.start]
        level = "multiple" if self.number.kind == "multiple" else "level"
        self.way = "change" if self.change.change else "than" if self.change.comparison else level
        self.state = wholes().state(before)
        if place and place[0] == s.block and s.start <= place[1] < s.end:
            self.head = self.parsed.word(self.parsed.index(place[2]) - 1)
        self.edge = bisect_right(s.breaks, self.number.start)


def is_relative(number: Number, change: Change) -> bool:
    """Whether a number may have a basis: shares, multiples, changes and differences, but no plain amount."""
    return number.kind in RELATIVE or change.change is not None or change.comparison is not None


def wordings(asked: Against) -> dict[Span, str]:
    """Where words stand that may be the basis, the nearest first, and how they were found."""
    number, known, found = asked.number, wholes(), dict[Span, str]()
    for how, span in _spans(asked):
        start, end = known.trimmed(asked.s.text, span)
        if 0 < end - start <= LONGEST and (end <= number.start or number.end <= start):
            found.setdefault((start, end), how)
    near = sorted(found, key=lambda span: abs(span[0] - number.start))[:MOST]
    return {span: found[span] for span in near}


def _spans(asked: Against) -> Iterator[tuple[str, Span]]:
    """Words that may be the basis, by how they were found: of a change a time or another thing, else a whole, too."""
    s, parsed, number = asked.s, asked.parsed, asked.number
    floor = s.breaks[asked.edge - BACK - 1] if asked.edge > BACK else s.start
    yield from _cued(parsed, floor, number.start)
    yield from _owners(parsed, floor, number.start)
    for n in s.numbers[bisect_left(s.begins, floor) : bisect_left(s.begins, number.start)]:
        if n.kind in TIME_KINDS and asked.way != "level":
            yield "time", (n.start, n.end)
        elif n.kind not in TIME_KINDS and asked.way == "level" and n.end <= asked.clause:
            yield "count", (n.start, _counted(parsed, n))
    if asked.way != "change":
        yield from _phrases(parsed, floor, number.start)
    if asked.way == "level":
        stop = s.breaks[asked.edge] if asked.edge < len(s.breaks) else s.end
        for _, span in phrase_behind(s, parsed, number, min(stop, next_number(s, number))):
            if span:
                yield "behind", span
                yield "behind.first", parsed.spans[parsed.index(span[0])]
        if asked.amount and s.start <= asked.amount[1] < s.end:
            yield "amount", asked.amount[1:]


def _cued(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """What may follow a word such as 比, up to PHRASE words, in [start, end)."""
    cues, words, last, stops = changes().cues, parsed.words, parsed.index(end), attributes().each
    for k in range(parsed.index(start), last):
        if words[k] not in cues:
            continue
        for behind in range(k + 2, min(last, k + 1 + PHRASE) + 1):
            if words[behind - 1] in CLAUSE or words[behind - 1] in cues or words[behind - 1] in stops:
                break
            if parsed.tags[behind - 1] not in EMPTY:
                yield "cue", (parsed.starts[k + 1], parsed.spans[behind - 1][1])


def _owners(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Words before the 的 that the number hangs on: 目前|的3倍, 预算|的约71.3%."""
    last = parsed.index(end)
    of = next((k for k in range(last - 1, max(-1, last - 2 - FILLERS), -1) if parsed.words[k] == OF), -1)
    for k in range(of - 1, max(-1, of - 1 - OWNERS), -1):
        if parsed.starts[k] < start or parsed.tags[k] == "PUNCT":
            break
        yield "of", (parsed.starts[k], parsed.spans[of - 1][1])


def _counted(parsed: Parse, number: Number) -> int:
    """The end of what a number counts: 312家|企业."""
    k = parsed.index(number.end)
    if k >= len(parsed.spans) or parsed.starts[k] != number.end or not parsed.is_nominal(k):
        return number.end
    return parsed.spans[parsed.run(k, len(parsed.text)) - 1][1]


def _phrases(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Noun phrases within [start, end), their beginnings and ends, and what 的 joins."""
    inside, shared = parsed.within(start, end), wholes().shared
    for n, (a, b) in enumerate(inside):
        first, last = parsed.starts[a], parsed.spans[b - 1][1]
        yield "np", (first, last)
        if m := shared.search(parsed.text, first, last):
            yield "np.share", (first, m.start())
        cut = parsed.cut(a, b)
        if a < cut < b:
            yield "np.cut", (first, parsed.spans[cut - 1][1])
            yield "np.tail", (parsed.starts[cut], last)
        if b - a > 1:
            yield "np.first", (first, parsed.spans[b - 2][1])
            yield "np.last", parsed.spans[b - 1]
        if n and parsed.is_owned((a, b), inside[n - 1]):
            yield "np.of", (parsed.starts[inside[n - 1][0]], last)
