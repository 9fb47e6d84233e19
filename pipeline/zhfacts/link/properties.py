"""What a number measures: words of its clause, behind it, or named before, each with the features of its place.

In 茶园面积为3万亩 the words 面积, 茶园面积 and the noun behind the number are asked; what their places weigh is fitted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from zhfacts.link.attributes import attributes
from zhfacts.link.candidates import MEASURE
from zhfacts.link.change import Change, changes
from zhfacts.link.parse import OF, Parse
from zhfacts.link.phrases import phrases
from zhfacts.link.ranker import Pack, packed
from zhfacts.link.sentence import Sentence, clause_of
from zhfacts.link.spots import lexical
from zhfacts.link.subjects import Topic
from zhfacts.records import TIME_KINDS, Number

Span = tuple[int, int]
Place = tuple[int, int, int]
LONGEST = 28
"""Characters of the longest property."""
BEHIND = regex.compile(r"(?:以上|左右|以下|以内|多|余)?(?:的)?[“]?")
COUNTED = frozenset({"measure", "kinds", "counted-noun", "amount"})
"""Rules of counts: what is counted stands behind the number (35个工业园)."""
SIZES = (2, 3, 4, 6, 8, 12, 20)
"""Lengths beyond each of which a property is of another size."""
CLOSING = frozenset("”’》）)」』、")
"""Signs that no words begin with."""
NEAR = 3
"""Characters between a property and its number that still are next to nothing."""
OWN = frozenset({"between", "topic", "chunk", "dated"})


@dataclass(slots=True)
class Property:
    """Words, or none, as what a number measures; `span` lies in `block`."""

    block: int
    span: Span | None
    how: str
    packs: tuple[Pack, ...]
    own: Pack = ()


@dataclass(slots=True)
class Asked:
    """What a property is looked for: a number, its clause, whose it is, and what the words beside it say."""

    number: Number
    clause: int
    topic: Topic | None
    change: Change
    last: tuple[tuple[str, Place], ...] = ()
    """Properties named before: (how, place)."""
    kind: str = ""
    """What sort of number it is."""
    counted: str = ""
    """The same, but "counted" where it counts what stands behind it."""
    way: str = ""
    """Whether it is the size of a change, a difference, or a level."""
    holder: Place | None = None

    def __post_init__(self) -> None:
        self.kind = MEASURE.get(self.number.kind, self.number.kind)
        self.counted = "counted" if self.number.rule in COUNTED else self.kind
        self.way = self.change.change or self.change.comparison or "level"
        self.holder = self.topic.place if self.topic else None


def properties(s: Sentence, parsed: Parse, asked: Asked) -> list[Property]:
    """The candidates for one number; no words at all come last."""
    number, places = asked.number, dict[Place, str]()
    for how, cut in _spans(s, parsed, asked):
        span = cut and _cleaned(parsed, cut)
        if span and 0 < span[1] - span[0] <= LONGEST and not (span[0] < number.end and number.start < span[1]):
            places.setdefault((s.block, *span), how)
    for how, place in asked.last:
        places.setdefault(place, how)
    found = [_property(s, parsed, asked, place, how) for place, how in places.items()]
    own, counted = any(p.how in OWN for p in found), number.rule in COUNTED
    return [*found, Property(s.block, None, "none", (_none(asked.kind, own, counted),))]


def _cleaned(parsed: Parse, span: Span) -> Span:
    """The span without what a cut by characters left of others: ”|伙伴国, the beginning of a word in 转移规|模.

    What ends in a property by its characters stays: 猪肉价格|上涨, 平均得分|为.
    """
    start, end = span
    last = parsed.index(end) - 1
    if last >= 0 and parsed.spans[last][1] > end and not phrases().is_property(parsed.text[start:end]):
        end = parsed.starts[last]
    while start < end and parsed.text[start] in CLOSING:
        start += 1
    return start, end


def _spans(s: Sentence, parsed: Parse, asked: Asked) -> Iterator[tuple[str, Span | None]]:
    """Words that may name the property, by how they were found."""
    number, known, topic = asked.number, attributes(), asked.topic
    earlier = [n.end for n in s.numbers if n.end <= number.start]
    floor = max([asked.clause, *(end for end in earlier if end > asked.clause)])
    times = [n for n in s.numbers if n.kind in TIME_KINDS and asked.clause < n.start and n.end <= number.start]
    claims = [n.end for n in s.numbers if n.kind not in TIME_KINDS and n.end <= number.start]
    named = max([asked.clause, *(end for end in claims if end > asked.clause)])
    if topic and topic.place[0] == s.block and floor <= topic.place[1] and topic.place[2] <= number.start:
        yield "topic", known.between(s.text, topic.place[2], number.start)
    yield "between", known.between(s.text, floor, number.start)
    if opening := next((n.start for n in times if n.start > named), 0):
        yield "dated", known.between(s.text, named, opening)
    yield "owned", known.owned(s.text, number.end)
    yield "deal", known.deal(s.text, number.start, number.end)
    nearest = next_number(s, number)
    yield "behind", known.behind(s.text, number.end, nearest)
    yield from phrase_behind(s, parsed, number, nearest)
    yield "rate", changes().rate_named(s.text, max([s.start, *earlier]), asked.clause)
    yield from _chunks(parsed, named, number.start, "chunk")
    if floor > s.start:
        yield from _chunks(parsed, clause_of(s, max(s.start, asked.clause - 1)), asked.clause, "above")
    yield "done", known.done(s.text, floor, number.start)


def next_number(s: Sentence, number: Number) -> int:
    """Where the number behind another begins, or the end of the sentence."""
    k = bisect_left(s.begins, number.end)
    return s.begins[k] if k < len(s.begins) else s.end


def phrase_behind(s: Sentence, parsed: Parse, number: Number, end: int) -> Iterator[tuple[str, Span | None]]:
    """The noun phrase right behind the number: 3%的[手续费], 18名[员工]."""
    m = BEHIND.match(s.text, number.end, end)
    k = parsed.index(m.end() if m else number.end)
    last = parsed.run(k, end)
    if last > k:
        yield "np", (parsed.spans[k][0], parsed.spans[last - 1][1])
        if parsed.word(last) == OF and (of := parsed.run(last + 1, s.end)) > last + 1:
            yield "np.of", (parsed.spans[k][0], parsed.spans[of - 1][1])


def _chunks(parsed: Parse, start: int, end: int, how: str) -> Iterator[tuple[str, Span | None]]:
    """Noun phrases within [start, end), their ends that name a property, and what 的 joins."""
    inside = parsed.within(start, end)
    for n, (a, b) in enumerate(inside):
        yield how, (parsed.spans[a][0], parsed.spans[b - 1][1])
        cut = parsed.cut(a, b)
        if a < cut < b:
            yield f"{how}.cut", (parsed.spans[cut][0], parsed.spans[b - 1][1])
        if n and parsed.is_owned((a, b), inside[n - 1]):
            yield f"{how}.of", (parsed.spans[inside[n - 1][0]][0], parsed.spans[b - 1][1])


def _property(s: Sentence, parsed: Parse, asked: Asked, place: Place, how: str) -> Property:
    block, start, end = place
    number, kind, counted, change = asked.number, asked.kind, asked.counted, asked.way
    if block != s.block or not s.start <= start < s.end:
        return Property(block, (start, end), how, (_far(how, kind, asked.change.change),))
    words = s.text[start:end]
    where = "behind" if start >= number.end else "same" if start >= asked.clause else "before"
    first, last = parsed.index(start), parsed.index(end) - 1
    prop = "prop" if phrases().is_property(parsed.words[last]) else "plain"
    packs = (
        _found(how, kind, counted, prop, change),
        _placed(where, kind, counted, prop, change),
        _made(where, parsed.tag(first), parsed.tag(last), bisect_left(SIZES, end - start)),
        _standing(how, _gap(s, number, start, end), beside(asked.holder, place)),
        _said(changes().is_rate(words), kind, OF in words),
    )
    return Property(block, (start, end), how, packs, _lexical(lexical(parsed, first, last), where))


@packed
def _lexical(said: Pack, where: str) -> Pack:
    """Words weigh by themselves, and where they stand."""
    return (*said, *(f"{word}.{where}" for word in said))


@packed
def _none(kind: str, own: bool, counted: bool) -> Pack:
    """No words at all, where there are some of its own or none."""
    return ("none", f"none.{kind}", f"none.{own}", f"none.{counted}")


@packed
def _far(how: str, kind: str, change: str | None) -> Pack:
    """Words of an earlier sentence."""
    return (how, f"{how}.{kind}", f"{how}.{change}", "far")


@packed
def _found(how: str, kind: str, counted: str, prop: str, change: str) -> Pack:
    """How words were found, beside what is asked for."""
    return (how, f"{how}.{kind}", f"{how}.{counted}", f"{how}.{prop}", f"{how}.{change}", prop)


@packed
def _placed(where: str, kind: str, counted: str, prop: str, change: str) -> Pack:
    """Where words stand, beside what is asked for."""
    return (where, f"{where}.{kind}", f"{where}.{counted}.{prop}", f"{where}.{change}")


@packed
def _made(where: str, head: str, tail: str, size: int) -> Pack:
    """The parts of speech of the first and the last word, and how many SIZES the words go beyond."""
    last = tail.lower()
    return (
        f"tail.{last}", f"{where}.tail.{last}", f"head.{head.lower()}", f"size.{size}", f"{where}.size.{size}",
    )  # fmt: skip


@packed
def _standing(how: str, gap: str, subject: str) -> Pack:
    """What lies between words and number, and how they lie to the subject."""
    return (f"gap.{gap}", f"{how}.gap.{gap}", f"subject.{subject}")


@packed
def _said(rate: bool, kind: str, of: bool) -> Pack:
    """Whether the words name a rate, and hold 的."""
    return (f"rate.{rate}.{kind}", f"of.{of}")


def _gap(s: Sentence, number: Number, start: int, end: int) -> str:
    """What lies between the words and the number."""
    low, high = (end, number.start) if end <= number.start else (number.end, start)
    inside = s.numbers[bisect_left(s.begins, low) : bisect_right(s.ends, high)]
    if any(n.kind not in TIME_KINDS for n in inside):
        return "number"
    if inside and end <= number.start:
        return f"date.{_gap_of(s, inside[-1].end, high)}"  # 营业收入2026年达到
    return _gap_of(s, low, high)


def _gap_of(s: Sentence, low: int, high: int) -> str:
    """What sort of words [low, high) are, which hold no number."""
    between = s.text[low:high]
    if not between:
        return "none"
    if any(c in between for c in "，；："):
        return "clause"
    if between.endswith(OF) and len(between) <= NEAR:
        return "of"
    left, right = attributes().trim(s.text, low, high)
    return "filler" if left >= right else "near" if right - left <= NEAR else "far"


def beside(other: Place | None, place: Place) -> str:
    """How words lie to others, such as the subject's."""
    if other is None or other[0] != place[0]:
        return "none" if other is None else "away"
    (_, a, z), (_, start, end) = other, place
    if (a, z) == (start, end):
        return "same"
    if a < end and start < z:
        return "holds" if start <= a and z <= end else "within"
    return "next" if z <= start <= z + 1 else "after" if z <= start else "before"
