"""What a change, share or multiple is taken against: a year, a whole, another thing, each with what speaks for it.

In 出口额占全国的40% the words 全国 are asked, in 出口额较2018年增长40% 2018年; what their places weigh is fitted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from zhfacts.link.attributes import attributes
from zhfacts.link.candidates import WORDS, between
from zhfacts.link.change import CLAUSE, Change, changes
from zhfacts.link.parse import OF, Parse, parse
from zhfacts.link.phrases import phrases
from zhfacts.link.properties import Place, Span, beside, next_number, phrase_behind
from zhfacts.link.ranker import Pack, basis_ranker, packed
from zhfacts.link.sentence import Sentence
from zhfacts.link.spots import lexical
from zhfacts.records import TIME_KINDS, Number

RELATIVE = frozenset({"percent", "percentage_point", "fraction", "multiple"})
"""Kinds of numbers that are always taken against something, said or not."""
BACK = 2
"""Clauses before the number's in which its basis may stand."""
MOST = 24
"""Candidates of a number; of more those that stand nearest."""
PHRASE = 5
"""Words of the longest phrase behind a word such as 比: 较 去年 国庆 假期 首 日."""
NEAR = 4
"""Characters between words and number that still are next to nothing: 的近, 以上的."""
LONGEST = 20
"""Characters of the longest basis."""
FILLERS, OWNERS = 1, 4
"""Words between 的 and the number, and before 的."""
EMPTY = frozenset({"PART", "CCONJ", "SCONJ", "PUNCT", "AUX"})
"""Parts of speech with which no basis ends."""
AMONG = regex.compile("其中|当中|之中|其余|中(?=[，、])")
SHARE = regex.compile("占|份额|比重|比例|之比")
SHARED = regex.compile("(?:市?占有?率|份额|占比|比重|比例)$")
"""What a share is called behind its whole: 全球市场|占有率."""
JOINED = regex.compile("占(?![地道据有比用领星卜])|[了到]")
TOGETHER = "相比"
"""Signs of a cut that went wrong: 占|营收, 了|全国, 2022年同期|相比."""
YEAR = regex.compile(r"(?:\d{4}|[一二][〇零一二三四五六七八九]{3})年.{0,3}")


class Base(NamedTuple):
    """The basis of a number before: its words or code, and the sentence of its article."""

    said: str
    sentence: int


@dataclass(slots=True)
class Basis:
    """A code or words, or none, as what a number is taken against."""

    said: str | None
    packs: tuple[Pack, ...]
    own: Pack = ()


@dataclass(slots=True)
class Against:
    """What a basis is looked for: a number, its clause, what the words beside it say, and of what it is."""

    s: Sentence
    parsed: Parse
    number: Number
    clause: int
    change: Change
    measured: Place | None = None
    subject: Place | None = None
    """The words of its property."""
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
        self.state = "among" if AMONG.search(before) else "share" if SHARE.search(before) else "plain"
        if place and place[0] == s.block and s.start <= place[1] < s.end:
            self.head = self.parsed.word(self.parsed.index(place[2]) - 1)
        self.edge = bisect_right(s.breaks, self.number.start)


def is_relative(number: Number, change: Change) -> bool:
    """Whether a number may have a basis: shares, multiples, changes and differences, but no plain amount."""
    return number.kind in RELATIVE or change.change is not None or change.comparison is not None


def bases(asked: Against) -> list[Basis]:
    """The candidates for one number; none comes last."""
    s, parsed, number, way = asked.s, asked.parsed, asked.number, asked.way
    found: dict[Span, str] = {}
    for how, span in _spans(asked):
        start, end = _trimmed(s.text, span)
        if 0 < end - start <= LONGEST and (end <= number.start or number.end <= start):
            found.setdefault((start, end), how)
    near = sorted(found, key=lambda span: abs(span[0] - number.start))[:MOST]
    told = [_basis(asked, span, found[span]) for span in near]
    spoken = changes().spoken(s.text[asked.clause : number.start]) if way == "change" else None
    above = changes().spoken(s.text[s.start : asked.clause]) if way == "change" and not spoken else None
    if code := spoken or above:
        told.append(Basis(code, (_coded("spoken" if spoken else "above", way, number.kind),)))
    if asked.amount and not s.start <= asked.amount[1] < s.end and way == "level":
        told.append(Basis(s.text[slice(*asked.amount[1:])], (_earlier(number.kind, asked.state),)))
    if asked.last:
        age = min(3, asked.sentence - asked.last.sentence)
        told.append(Basis(asked.last.said, (_again(_sort(asked.last.said), way, number.kind, age),)))
    seen = f"{spoken is not None}.{'cue' in found.values()}.{asked.last is not None}"
    none = _none(way, number.kind, asked.state, seen)
    return [*told, Basis(None, (none,), _nothing(asked.head, parsed.word(parsed.index(number.end)), way))]


def of_header(text: str, number: Number, change: Change) -> str | None:
    """What a table's header says before the number of a cell: 全国 of 占全国比重, 2020年 of 较2020年增长."""
    if not is_relative(number, change):
        return None
    s = Sentence(0, text, 0, len(text), [], [number])
    parsed = parse(text, 0, len(text), [], [(number.start, number.end)])
    return max(bases(Against(s, parsed, number, 0, change)), key=basis_ranker().score).said


def _trimmed(text: str, span: Span) -> Span:
    """A span without the words that only join it, where segmentation took them for a part: 占|营收, 2022年同期|相比."""
    start, end = span
    if m := JOINED.match(text, start, end):
        start = m.end()
    return start, end - (len(TOGETHER) if text.endswith(TOGETHER, start, end) else 0)


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
    inside = parsed.within(start, end)
    for n, (a, b) in enumerate(inside):
        first, last = parsed.starts[a], parsed.spans[b - 1][1]
        yield "np", (first, last)
        if m := SHARED.search(parsed.text, first, last):
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


def _basis(asked: Against, span: Span, how: str) -> Basis:
    s, parsed, number, way = asked.s, asked.parsed, asked.number, asked.way
    start, end = span
    first, last = max(0, bisect_right(parsed.starts, start) - 1), parsed.index(end) - 1
    away = asked.edge - bisect_right(s.breaks, start)
    where = "behind" if start >= number.end else "same" if away <= 0 else f"prev{away}"
    words, place = s.text[start:end], (s.block, start, end)
    said = changes().codes.get(words, words) if way == "change" else words
    low, high = (end, number.start) if end <= number.start else (number.end, start)
    inside = min(2, bisect_right(s.ends, high) - bisect_left(s.begins, low))
    opens, closes = (parsed.index(number.end), first) if where == "behind" else (last + 1, parsed.index(number.start))
    prop = "prop" if phrases().is_property(parsed.words[last]) else "plain"
    packs = (
        _found(how, way, number.kind, _sort(said)),
        _placed(where, way, number.kind, how, inside),
        _stated(asked.state, where, way, how, _gap(s.text[low:high])),
        _made(prop, parsed.tag(first), parsed.tag(last), min(6, last - first), how),
        _around(how, way, parsed.tag(first - 1).lower(), parsed.tag(last + 1).lower()),
        _beside(how, way, beside(asked.subject, place), beside(asked.measured, place)),
        between("prev" if where.startswith("prev") else where, parsed.letters[opens : min(closes, opens + WORDS)]),
    )
    return Basis(said, packs, _lexical(lexical(parsed, first, last), way, f"word.p.{asked.head}.{where}"))


def _sort(said: str) -> str:
    """Whether a basis is a code, a year, or words."""
    return said if said in changes().codes.values() else "year" if YEAR.fullmatch(said) else "words"


def _gap(words: str) -> str:
    """What stands between a basis and its number."""
    if not words:
        return "touch"
    if words[-1] in CLAUSE or words[0] in CLAUSE:
        return "clause"
    if len(words) <= NEAR:
        return "of" if OF in words else "near"
    return "far"


@packed
def _lexical(said: Pack, way: str, head: str) -> Pack:
    """Words weigh by themselves, and by what is asked for."""
    return (*said, *(f"{word}.{way}" for word in said), head)


@packed
def _found(how: str, way: str, kind: str, sort: str) -> Pack:
    """How words were found, and of what sort they are, beside what is asked for."""
    return (
        how, f"{how}.{way}", f"{how}.{kind}", f"{how}.{way}.{kind}", f"sort.{sort}", f"{sort}.{way}", f"{how}.{sort}",
        f"{how}.{sort}.{way}",
    )  # fmt: skip


@packed
def _placed(where: str, way: str, kind: str, how: str, inside: int) -> Pack:
    """Where words stand, and how many numbers are between."""
    return (
        f"at.{where}", f"{where}.{way}", f"{where}.{kind}", f"{where}.{how}", f"{where}.{how}.{way}", f"n{inside}",
        f"{where}.n{inside}", f"{how}.n{inside}",
    )  # fmt: skip


@packed
def _stated(state: str, where: str, way: str, how: str, gap: str) -> Pack:
    """What the clause says of wholes, beside where words stand, and what is between them and the number."""
    return (
        f"{state}.{where}", f"{state}.{how}", f"{state}.{where}.{how}", f"{state}.{where}.{way}", f"{where}.gap.{gap}",
        f"{how}.gap.{gap}", f"{way}.{where}.gap.{gap}",
    )  # fmt: skip


@packed
def _made(prop: str, head: str, tail: str, size: int, how: str) -> Pack:
    """What the words are made of, and how many they are."""
    return (
        prop, f"{how}.{prop}", f"tail.{tail.lower()}", f"head.{head.lower()}", f"size.{size}", f"{how}.size.{size}",
    )  # fmt: skip


@packed
def _around(how: str, way: str, before: str, behind: str) -> Pack:
    """The parts of speech of what stands on either side."""
    return (
        f"b.{before}", f"f.{behind}", f"{how}.b.{before}", f"{how}.f.{behind}", f"{way}.f.{behind}",
        f"{how}.{way}.f.{behind}",
    )  # fmt: skip


@packed
def _beside(how: str, way: str, subject: str, measured: str) -> Pack:
    """How the words lie to those of the subject and of the property."""
    return (
        f"subject.{subject}", f"subject.{subject}.{way}", f"{how}.subject.{subject}",
        f"property.{measured}", f"property.{measured}.{way}", f"{how}.property.{measured}",
    )  # fmt: skip


@packed
def _coded(how: str, way: str, kind: str) -> Pack:
    """A code that a word of the clause, or of one above, says: 同比."""
    return (how, f"{how}.{way}", f"{how}.{kind}")


@packed
def _earlier(kind: str, state: str) -> Pack:
    """The property of the number before, in an earlier sentence."""
    return ("earlier", f"earlier.{kind}", f"earlier.{state}", f"earlier.{state}.{kind}")


@packed
def _again(sort: str, way: str, kind: str, age: int) -> Pack:
    """The basis of the number before, and how many sentences ago it was said."""
    return (
        "last", f"last.{way}", f"last.{sort}", f"last.{sort}.{way}", f"last.{sort}.{kind}", f"last.age{age}",
        f"last.{sort}.age{age}", f"last.{sort}.{way}.age{age}",
    )  # fmt: skip


@packed
def _none(way: str, kind: str, state: str, seen: str) -> Pack:
    """What speaks for none, `seen` saying whether there is a code, a phrase behind 比 or the like, and one before."""
    return (
        "none", f"none.{way}", f"none.{way}.{kind}", f"none.{state}", f"none.{state}.{way}", f"none.seen.{seen}",
        f"none.{way}.{seen}",
    )  # fmt: skip


@packed
def _nothing(head: str, behind: str, way: str) -> Pack:
    """Words that speak for none: the property, and what stands behind the number."""
    return (f"word.n.{head}", *([f"next.n.{behind}", f"next.n.{behind}.{way}"] if behind.isalpha() else []))
