"""What a change, share or multiple is taken against: a year, a whole, another thing, each with what speaks for it.

In 出口额占全国的40% the words 全国 are asked, in 出口额较2018年增长40% 2018年; what their places weigh is fitted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import regex

from zhfacts.link.against import Against, is_relative, wordings
from zhfacts.link.candidates import WORDS, between
from zhfacts.link.change import CLAUSE, Change, changes
from zhfacts.link.parse import OF, parse
from zhfacts.link.phrases import phrases
from zhfacts.link.properties import Place, Span, beside
from zhfacts.link.ranker import Pack, basis_ranker, packed
from zhfacts.link.sentence import Sentence
from zhfacts.link.spots import lexical
from zhfacts.records import Number

NEAR = 4
"""Characters between words and number that still are next to nothing: 的近, 以上的."""
LONG = 6
"""From it on the numbers of words make no difference."""
OLD, SEVERAL = 3, 2
"""The same for sentences since, and numbers between."""
YEAR = regex.compile(r"(?:\d{4}|[一二][〇零一二三四五六七八九]{3})年.{0,3}")


@dataclass(slots=True)
class Basis:
    """A code or words, or none, as what a number is taken against."""

    said: str | None
    packs: tuple[Pack, ...]
    own: Pack = ()
    place: Place | None = None
    """Where the words stand."""


def bases(asked: Against) -> list[Basis]:
    """The candidates for one number; none comes last."""
    s, parsed, number, way = asked.s, asked.parsed, asked.number, asked.way
    found = wordings(asked)
    told = [_basis(asked, span, how) for span, how in found.items()]
    spoken = changes().spoken(s.text[asked.clause : number.start]) if way == "change" else None
    above = changes().spoken(s.text[s.start : asked.clause]) if way == "change" and not spoken else None
    if code := spoken or above:
        told.append(Basis(code, (_coded("spoken" if spoken else "above", way, number.kind),)))
    if asked.amount and not s.start <= asked.amount[1] < s.end and way == "level":
        told.append(Basis(s.text[slice(*asked.amount[1:])], (_earlier(number.kind, asked.state),), (), asked.amount))
    if asked.last:
        age = min(OLD, asked.sentence - asked.last.sentence)
        repeated = _again(_sort(asked.last.said), way, number.kind, age)
        told.append(Basis(asked.last.said, (repeated,), (), asked.last.place))
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


def _basis(asked: Against, span: Span, how: str) -> Basis:
    s, parsed, number, way = asked.s, asked.parsed, asked.number, asked.way
    start, end = span
    first, last = max(0, bisect_right(parsed.starts, start) - 1), parsed.index(end) - 1
    away = asked.edge - bisect_right(s.breaks, start)
    where = "behind" if start >= number.end else "same" if away <= 0 else f"prev{away}"
    words, place = s.text[start:end], (s.block, start, end)
    said = changes().codes.get(words, words) if way == "change" else words
    low, high = (end, number.start) if end <= number.start else (number.end, start)
    inside = min(SEVERAL, bisect_right(s.ends, high) - bisect_left(s.begins, low))
    opens, closes = (parsed.index(number.end), first) if where == "behind" else (last + 1, parsed.index(number.start))
    prop = "prop" if phrases().is_property(parsed.words[last]) else "plain"
    packs = (
        _found(how, way, number.kind, _sort(said)),
        _placed(where, way, number.kind, how, inside),
        _stated(asked.state, where, way, how, _gap(s.text[low:high])),
        _made(prop, parsed.tag(first), parsed.tag(last), min(LONG, last - first), how),
        _around(how, way, parsed.tag(first - 1).lower(), parsed.tag(last + 1).lower()),
        _beside(how, way, beside(asked.subject, place), beside(asked.measured, place)),
        between("prev" if where.startswith("prev") else where, parsed.letters[opens : min(closes, opens + WORDS)]),
    )
    own = _lexical(lexical(parsed, first, last), way, f"word.p.{asked.head}.{where}")
    return Basis(said, packs, own, place if said == words else None)


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
