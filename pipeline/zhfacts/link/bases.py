"""What a change, share or multiple is taken against: a year, a whole, another thing, each with what speaks for it.

In 出口额占全国的40% the words 全国 are asked, in 出口额较2018年增长40% 2018年; what their places weigh is fitted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from zhfacts.link.candidates import between
from zhfacts.link.change import CLAUSE, Change, changes
from zhfacts.link.parse import OF, Parse
from zhfacts.link.phrases import phrases
from zhfacts.link.properties import Place, Span, beside, phrase_behind
from zhfacts.link.ranker import Pack, packed
from zhfacts.link.sentence import Sentence
from zhfacts.link.spots import lexical
from zhfacts.link.subjects import Topic
from zhfacts.records import TIME_KINDS, Number

RELATIVE = frozenset({"percent", "percentage_point", "fraction", "multiple"})
"""Kinds of numbers that are always taken against something, said or not."""
BACK = 2
"""Clauses before the number's in which its basis may stand."""
MOST = 5
"""Words of the longest phrase behind a word such as 比: 较 去年 国庆 假期 首 日."""
NEAR = 4
"""Characters between words and number that still are next to nothing: 的近, 以上的."""
LONGEST = 20
"""Characters of the longest basis."""
FILLERS, OWNERS = 2, 4
"""Words between 的 and the number, and before 的."""
EMPTY = frozenset({"ADP", "PART", "CCONJ", "SCONJ", "PUNCT", "AUX"})
"""Parts of speech with which no basis ends."""
NO_SHARE = frozenset({"change", "than", "multiple"})
"""What is no part of a whole."""
CODES = frozenset({"yoy", "pop"})
AMONG = regex.compile("其中|当中|之中|其余|中(?=[，、])")
SHARE = regex.compile("占|份额|比重|比例|之比")
TOGETHER = "相比"
SHARED = regex.compile("(?:市?占有?率|份额|占比|比重|比例)$")
"""What a share is called behind its whole: 全球市场|占有率."""
YEAR = regex.compile(r"(?:\d{4}|[一二][〇零一二三四五六七八九]{3})年.{0,3}")


class Base(NamedTuple):
    """The basis of a number before: its words or code, and where they were said."""

    said: str
    block: int
    sentence: int


@dataclass(slots=True)
class Basis:
    """A code or words, or none, as what a number is taken against."""

    said: str | None
    packs: tuple[Pack, ...]
    own: Pack = ()


@dataclass(slots=True)
class Against:
    """What a basis is looked for: a number, its clause, what the words beside it say, whose it is and of what."""

    number: Number
    clause: int
    change: Change
    topic: Topic | None
    property: Place | None
    before: Place | None
    """The property of the amount before: 海外收入为86亿美元，东南亚占三成."""
    last: Base | None
    sentence: int
    sort: str = ""
    """What the words make of the number: a change, a difference, or neither."""
    state: str = ""
    """What its clause says of wholes before it: a part of what was named (其中), a share (占), nothing."""
    measure: str = ""
    """The last word of the property: 占比, 份额."""

    def __post_init__(self) -> None:
        self.sort = "change" if self.change.change else "than" if self.change.comparison else self.number.kind


def is_relative(number: Number, change: Change) -> bool:
    """Whether a number may have a basis: shares, multiples, changes and differences, but no plain amount."""
    return number.kind in RELATIVE or change.change is not None or change.comparison is not None


def bases(s: Sentence, parsed: Parse, asked: Against) -> list[Basis]:
    """The candidates for one number; none comes last."""
    number, known = asked.number, changes()
    before = s.text[asked.clause : number.start]
    asked.state = "among" if AMONG.search(before) else "share" if SHARE.search(before) else "plain"
    asked.measure = _measure(s, parsed, asked.property)
    found: dict[Span, str] = {}
    for how, span in _spans(s, parsed, asked):
        start, end = _trimmed(s.text, span)
        if 0 < end - start <= LONGEST and (end <= number.start or number.end <= start):
            found.setdefault((start, end), how)
    told = [_basis(s, parsed, asked, span, how) for span, how in found.items()]
    spoken = asked.change.basis if asked.change.basis in CODES else None
    if spoken:
        told.append(Basis(spoken, (_plain("spoken", asked.sort, number.kind),)))
    else:
        above = known.spoken(s.text[s.start : asked.clause])
        if above:
            told.append(Basis(above, (_plain("above", asked.sort, number.kind),)))
    if asked.last:
        told.append(Basis(asked.last.said, (_again(asked, asked.last),)))
    cued = any(how == "cue" for how in found.values())
    seen = f"{spoken is not None}.{cued}.{asked.last is not None}"
    none = _none(asked.sort, number.kind, asked.state, seen)
    return [*told, Basis(None, (none,), _nothing(asked.measure, parsed.word(parsed.index(number.end)), asked.sort))]


def _trimmed(text: str, span: Span) -> Span:
    """A span without the words that only join it, where segmentation took them for a part: 占|营收, 2022年同期|相比."""
    start, end = span
    start += text.startswith("占", start, end)
    return start, end - (len(TOGETHER) if text.endswith(TOGETHER, start, end) else 0)


def _measure(s: Sentence, parsed: Parse, place: Place | None) -> str:
    """The last word of the property, where it stands in the sentence: 占比, 份额."""
    if place is None or place[0] != s.block or not s.start <= place[1] < s.end:
        return ""
    return parsed.word(parsed.index(place[2]) - 1)


def _spans(s: Sentence, parsed: Parse, asked: Against) -> Iterator[tuple[str, Span]]:
    """Words that may be the basis, by how they were found: of a change a time or another thing, else a whole, too."""
    number, clause = asked.number, bisect_right(s.breaks, asked.number.start)
    floor = s.breaks[clause - BACK - 1] if clause > BACK else s.start
    share = asked.sort not in NO_SHARE
    yield from _cued(parsed, floor, number.start)
    yield from _owners(parsed, floor, number.start)
    for n in s.numbers[bisect_left(s.begins, floor) : bisect_left(s.begins, number.start)]:
        if n.kind in TIME_KINDS and not share:
            yield "time", (n.start, n.end)
        elif n.kind not in TIME_KINDS and share and n.end <= asked.clause:
            yield "count", (n.start, _counted(parsed, n))
    if asked.sort == "change":
        return
    yield from _phrases(parsed, floor, number.start)
    if not share:
        return
    stop = s.breaks[clause] if clause < len(s.breaks) else s.end
    for _, span in phrase_behind(s, parsed, number, min([stop, *(at for at in s.begins if at >= number.end)])):
        if span:
            yield "behind", span
            yield "behind.first", parsed.spans[parsed.index(span[0])]
    if asked.before and asked.before[0] == s.block:
        yield "before", asked.before[1:]


def _cued(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """What may follow a word such as 比, up to MOST words, in [start, end)."""
    cues, first, last = changes().cues, parsed.index(start), parsed.index(end)
    for k in range(first, last):
        if parsed.words[k] not in cues:
            continue
        for behind in range(k + 2, min(last, k + 1 + MOST) + 1):
            if parsed.words[behind - 1] in CLAUSE or parsed.words[behind - 1] in cues:
                break
            if parsed.tags[behind - 1] not in EMPTY:
                yield "cue", (parsed.spans[k + 1][0], parsed.spans[behind - 1][1])


def _owners(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Words before the 的 that the number hangs on: 目前|的3倍, 预算|的71.3%."""
    last = parsed.index(end)
    of = next((k for k in range(last - 1, max(-1, last - 1 - FILLERS), -1) if parsed.words[k] == OF), -1)
    for k in range(of - 1, max(-1, of - 1 - OWNERS), -1):
        if parsed.starts[k] < start or parsed.tags[k] == "PUNCT":
            break
        yield "of", (parsed.starts[k], parsed.spans[of - 1][1])


def _counted(parsed: Parse, number: Number) -> int:
    """The end of what a number counts: 312家|企业."""
    k = parsed.index(number.end)
    if k >= len(parsed.spans) or parsed.spans[k][0] != number.end or not parsed.is_nominal(k):
        return number.end
    return parsed.spans[parsed.run(k, len(parsed.text)) - 1][1]


def _phrases(parsed: Parse, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Noun phrases within [start, end), their beginnings and ends, and what 的 joins."""
    inside = [(a, b) for a, b in parsed.chunks if start <= parsed.spans[a][0] and parsed.spans[b - 1][1] <= end]
    for n, (a, b) in enumerate(inside):
        yield "np", (parsed.spans[a][0], parsed.spans[b - 1][1])
        if b - a > 1:
            yield "np.first", (parsed.spans[a][0], parsed.spans[b - 2][1])
            yield "np.last", parsed.spans[b - 1]
        if m := SHARED.search(parsed.text, parsed.spans[a][0], parsed.spans[b - 1][1]):
            yield "np.share", (parsed.spans[a][0], m.start())
        cut = parsed.cut(a, b)
        if a < cut < b:
            yield "np.cut", (parsed.spans[a][0], parsed.spans[cut - 1][1])
            yield "np.tail", (parsed.spans[cut][0], parsed.spans[b - 1][1])
        if n and inside[n - 1][1] == a - 1 and parsed.word(a - 1) == OF:
            yield "np.of", (parsed.spans[inside[n - 1][0]][0], parsed.spans[b - 1][1])


def _basis(s: Sentence, parsed: Parse, asked: Against, span: Span, how: str) -> Basis:
    start, end = span
    number, sort = asked.number, asked.sort
    first, last = parsed.index(start), parsed.index(end) - 1
    away = bisect_right(s.breaks, number.start) - bisect_right(s.breaks, start)
    where = "behind" if start >= number.end else "same" if away <= 0 else f"prev{away}"
    words = s.text[start:end]
    said = changes().codes.get(words, words) if sort == "change" else words
    known = said if said in CODES else "year" if YEAR.fullmatch(words) else "words"
    prop = "prop" if phrases().is_property(parsed.word(last)) else "plain"
    place = (s.block, start, end)
    low, high = (end, number.start) if end <= number.start else (number.end, start)
    inside = min(2, bisect_right(s.ends, high) - bisect_left(s.begins, low))
    side = "behind" if where == "behind" else "same" if where == "same" else "prev"
    opens, closes = (last + 1, parsed.index(number.start)) if side != "behind" else (parsed.index(number.end), first)
    packs = (
        _found(how, sort, number.kind, known),
        _placed(where, sort, number.kind, how, inside),
        _stated(asked.state, where, sort, how, _gap(s.text[low:high])),
        _made(prop, parsed.tag(first), parsed.tag(last), min(6, last - first), how),
        _around(how, sort, parsed.tag(first - 1).lower(), parsed.tag(last + 1).lower()),
        _beside(how, sort, beside(asked.topic.place if asked.topic else None, place), beside(asked.property, place)),
        between(side, parsed.letters[opens:closes]),
    )
    return Basis(said, packs, _lexical(lexical(parsed, first, last), sort, f"word.p.{asked.measure}.{where}"))


@packed
def _lexical(said: Pack, sort: str, measure: str) -> Pack:
    """Words weigh by themselves, and by what is asked for."""
    return (*said, *(f"{word}.{sort}" for word in said), measure)


@packed
def _nothing(measure: str, behind: str, sort: str) -> Pack:
    """Words that speak for none: the property, and what stands behind the number."""
    return (f"word.n.{measure}", *([f"next.n.{behind}", f"next.n.{behind}.{sort}"] if behind.isalpha() else []))


@packed
def _found(how: str, sort: str, kind: str, known: str) -> Pack:
    """How words were found, beside what is asked for."""
    return (
        how, f"{how}.{sort}", f"{how}.{kind}", f"{how}.{sort}.{kind}", known, f"{known}.{sort}", f"{how}.{known}",
        f"{how}.{known}.{sort}",
    )  # fmt: skip


@packed
def _placed(where: str, sort: str, kind: str, how: str, inside: int) -> Pack:
    """Where words stand, and how many numbers are between."""
    return (
        where, f"{where}.{sort}", f"{where}.{kind}", f"{where}.{how}", f"{where}.{how}.{sort}", f"n{inside}",
        f"{where}.n{inside}", f"{how}.n{inside}",
    )  # fmt: skip


@packed
def _stated(state: str, where: str, sort: str, how: str, gap: str) -> Pack:
    """What the clause says of wholes, beside where words stand, and what is between them and the number."""
    return (
        f"{state}.{where}", f"{state}.{how}", f"{state}.{where}.{how}", f"{state}.{where}.{sort}", f"{where}.gap.{gap}",
        f"{how}.gap.{gap}", f"{sort}.{where}.gap.{gap}",
    )  # fmt: skip


def _gap(between: str) -> str:
    """What stands between words and number."""
    if not between:
        return "touch"
    if between[-1] in CLAUSE or between[0] in CLAUSE:
        return "clause"
    if len(between) <= NEAR:
        return "of" if OF in between else "near"
    return "far"


@packed
def _around(how: str, sort: str, before: str, behind: str) -> Pack:
    """The parts of speech of what stands on either side."""
    return (
        f"b.{before}", f"f.{behind}", f"{how}.b.{before}", f"{how}.f.{behind}", f"{sort}.f.{behind}",
        f"{how}.{sort}.f.{behind}",
    )  # fmt: skip


@packed
def _made(prop: str, head: str, tail: str, size: int, how: str) -> Pack:
    """What the words are made of, and how many they are."""
    return (
        prop, f"{how}.{prop}", f"tail.{tail.lower()}", f"head.{head.lower()}", f"size.{size}", f"{how}.size.{size}",
    )  # fmt: skip


@packed
def _beside(how: str, sort: str, subject: str, measured: str) -> Pack:
    """How the words lie to the subject's and the property's."""
    return (
        f"subject.{subject}", f"subject.{subject}.{sort}", f"property.{measured}", f"property.{measured}.{sort}",
        f"{how}.property.{measured}", f"{how}.subject.{subject}",
    )  # fmt: skip


@packed
def _plain(how: str, sort: str, kind: str) -> Pack:
    """A code that a word says: 同比."""
    return (how, f"{how}.{sort}", f"{how}.{kind}")


def _again(asked: Against, last: Base) -> Pack:
    known = last.said if last.said in CODES else "year" if YEAR.fullmatch(last.said) else "words"
    return _repeated(known, asked.sort, asked.number.kind, min(3, asked.sentence - last.sentence))


@packed
def _repeated(known: str, sort: str, kind: str, age: int) -> Pack:
    """The basis of the number before, and how many sentences ago it was said."""
    return (
        "last", f"last.{sort}", f"last.{known}", f"last.{known}.{sort}", f"last.{known}.{kind}", f"last.age{age}",
        f"last.{known}.age{age}", f"last.{known}.{sort}.age{age}",
    )  # fmt: skip


@packed
def _none(sort: str, kind: str, state: str, seen: str) -> Pack:
    """What speaks for none, `seen` saying whether there is a code, a phrase behind 比 or the like, and one before."""
    return (
        "none", f"none.{sort}", f"none.{sort}.{kind}", f"none.{state}", f"none.{state}.{sort}", f"none.seen.{seen}",
        f"none.{sort}.{seen}",
    )  # fmt: skip
