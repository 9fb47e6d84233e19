"""For which time a claim holds: a time of its sentence, one carried over from before, or none.

In 2022年出口额为3亿元，比2019年增长5% the year 2019 is a base; where a time stands and what is beside it are features,
and what they weigh is fitted, see link/ranker.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from zhfacts.link.candidates import MEASURE
from zhfacts.link.change import Change
from zhfacts.link.context import context
from zhfacts.link.dates import Clock, Period, Resolved
from zhfacts.link.lists import JOINED
from zhfacts.link.parse import Parse
from zhfacts.link.ranker import Pack, packed
from zhfacts.link.sentence import Sentence, clause_of
from zhfacts.link.spots import spots
from zhfacts.records import TIME_KINDS, Number

KEPT = 3
"""Times of earlier sentences that may be carried over."""
FAR, OLD, MANY = 3, 5, 2
"""Clauses, sentences and others between from which on more make no difference."""
GRAINS = ((1, "day"), (31, "month"), (364, "part"), (366, "year"))
"""Days of the longest period of each sort; longer ones are years."""


class Time(NamedTuple):
    """A time said in a sentence: its words' place, and the period it names."""

    start: int
    end: int
    period: Period
    how: str
    """number, word (去年) or latest (过去三年)."""


class Told(NamedTuple):
    """A period carried over: in which sentence of the article it was said, and in which paragraph."""

    period: Period
    sentence: int
    block: int


@dataclass(slots=True)
class Claim:
    """What a time is looked for: a number, how it changes, the place of its sentence, and what was before."""

    number: Number
    change: Change
    sentence: int
    last: Told | None
    """The period of the claim before."""
    goes_on: bool
    """Whether it is about whom the claim before was about."""
    short: bool
    """Whether its article is a short one, through which the time said at its beginning holds."""
    member: tuple[int, int] = (0, 1)
    """Its place in a list of numbers, and how many these are."""
    lead: Told | None = None
    """The time that its article states first."""

    @property
    def against(self) -> str:
        """Whether it is a change against the year or the month before: such a claim has a time."""
        return self.change.basis if self.change.basis in ("yoy", "pop") else "none"


@dataclass(slots=True)
class When:
    """A time, or none, as that of a claim."""

    period: Period
    packs: tuple[Pack, ...]
    own: Pack = ()


@dataclass(slots=True)
class _Asked:
    """A claim and where it stands: its sentence, the times in it, and what is said of them."""

    s: Sentence
    parsed: Parse
    near: Sequence[Time]
    claim: Claim
    edges: Sequence[int]
    state: str
    """Whether the sentence has a time of its own before the number, behind it only, or none."""
    way: str
    """Whether the number is the size of a change or a level."""
    kind: str
    """What sort of number it is."""


def times(s: Sentence, clock: Clock) -> tuple[list[Time], dict[int, Resolved]]:
    """Times of a sentence in order, and what its years and dates come to, by where they begin."""
    found = [Time(at, at + 2, period, "word") for at, period in context().spoken(s.text, s.start, s.end, clock)]
    years = [t for t in found if t.period.start and t.period.end and t.period.start.year == t.period.end.year]
    spoken, resolved = years, dict[int, Resolved]()
    for number in s.numbers:
        while spoken and spoken[0].start < number.start:
            clock.hear(spoken.pop(0).period.start)
        if number.kind in TIME_KINDS and number.when is not None:
            ahead = context().is_ahead(s.text, clause_of(s, number.start), number.start)
            one = resolved[number.start] = clock.resolve(number.when, ahead)
            if one.start:
                found.append(Time(number.start, number.end, Period(one.start, one.end, one.source), "number"))
        elif latest := context().latest(s.text, number, clock):
            found.append(Time(number.start, number.end, latest, "latest"))
    return sorted(found, key=lambda t: t.start), resolved


def periods(s: Sentence, parsed: Parse, said: Sequence[Time], told: Sequence[Told], claim: Claim) -> list[When]:
    """The candidates for one claim, of the times said in its sentence and told before; none at all comes last."""
    near = [t for t in said if t.how == "latest" or not _holds(t, claim.number)]
    own = [t for t in near if not context().is_base(s.text, t.start)]
    state = "own" if any(t.start < claim.number.start for t in own) else "later" if own else "bare"
    way, kind = "change" if claim.change.change else "level", claim.number.kind
    asked = _Asked(s, parsed, near, claim, s.breaks, state, way, MEASURE.get(kind, kind))
    found = list(_said(asked))
    seen = {(w.period.start, w.period.end) for w in found}
    found += _told(asked, told, seen)
    return [*found, _none(asked, bool(told))]


def _said(asked: _Asked) -> Iterator[When]:
    """The times of the sentence, and single years of its spans."""
    s, number, claim = asked.s, asked.claim.number, asked.claim
    paired = _paired(s, asked.near, claim)
    for t in asked.near:
        features = _place(asked, t)
        yield When(t.period, (_again(asked, t.period),), (*features, *(["paired"] if t is paired else [])))
        for how, period in _years(t.period, claim.member):
            precedes = spots().precedes(s, asked.parsed, number.start, s.start)
            own = (how, f"{how}.{asked.way}", f"{how}.b.{precedes}", f"{how}.{number.kind}")
            yield When(period, (_again(asked, period),), (*own, *(f"{how}.{f}" for f in features[:4])))


def _place(asked: _Asked, time: Time) -> tuple[str, ...]:
    """Where a time stands, and what is beside it."""
    s, number, way, edges = asked.s, asked.claim.number, asked.way, asked.edges
    away = bisect_right(edges, number.start) - bisect_right(edges, time.start)
    before = time.start < number.start
    where = ("same" if away == 0 else f"prev{min(away, FAR)}") if before else ("after" if away == 0 else "later")
    low, high = (time.end, number.start) if before else (number.end, time.start)
    claims = sum(1 for n in s.numbers if low <= n.start and n.end <= high and n.kind not in TIME_KINDS)
    between = sum(1 for t in asked.near if low <= t.start and t.end <= high)
    begins = max([s.start, *(e for e in edges if e <= time.start)])
    follows = spots().follows(s, asked.parsed, time.end)
    precedes = spots().precedes(s, asked.parsed, time.start, begins)
    return (
        where, f"{where}.{asked.kind}", f"{where}.t{min(between, MANY)}", f"{where}.n{min(claims, MANY)}",
        f"base.{context().is_base(s.text, time.start)}", time.how,
        f"{time.how}.{where}", f"{time.period.source}", _grain(time.period), f"{_grain(time.period)}.{way}",
        f"f.{follows}", f"b.{precedes}", f"{where}.f.{follows}", f"{where}.b.{precedes}", f"{way}.{where}",
        f"touch.{time.end == number.start}", f"itself.{_holds(time, number)}",
    )  # fmt: skip


def _told(asked: _Asked, told: Sequence[Told], seen: set[tuple[date | None, date | None]]) -> Iterator[When]:
    """The times told last in earlier sentences, and that of the claim before, where the sentence has none of them."""
    claim, state, block = asked.claim, asked.state, asked.s.block
    lead = claim.lead.period if claim.lead else Period()
    for k, one in enumerate([*reversed(told[-KEPT:]), *([claim.lead] if claim.lead else [])]):
        if (one.period.start, one.period.end) in seen:
            continue
        seen.add((one.period.start, one.period.end))
        age, place = min(claim.sentence - one.sentence, OLD), "block" if one.block == block else "article"
        packs = (
            _again(asked, one.period),
            _said_before(state, k, age, place),
            _of_kind(asked.kind, asked.way, _grain(one.period), one.period.source),
            _going_on(state, place, claim.goes_on, claim.short, claim.against),
            _leading(asked, (one.period.start, one.period.end) == (lead.start, lead.end)),
        )
        yield When(Period(one.period.start, one.period.end, "context"), packs)
    last = claim.last
    if last and last.period.start and (last.period.start, last.period.end) not in seen:
        yield When(Period(last.period.start, last.period.end, "context"), (("lone",), _again(asked, last.period)))


@packed
def _said_before(state: str, k: int, age: int, place: str) -> Pack:
    """How long ago a time was told, beside what the sentence has of its own."""
    return (
        "told", f"told.{state}", f"told.{k}", f"told.{state}.{k}", f"told.age{age}", f"told.{place}",
        f"told.{state}.{place}", f"told.{state}.{place}.age{age}",
    )  # fmt: skip


@packed
def _of_kind(kind: str, way: str, grain: str, source: str | None) -> Pack:
    """What sort of time it is, and what is asked for."""
    return (f"told.{kind}", f"told.{way}", f"told.{grain}", f"told.{source}")


@packed
def _going_on(state: str, place: str, on: bool, short: bool, against: str) -> Pack:
    """Whether the claim goes on with whom the one before was about, in a short article."""
    going = f"on{on}.short{short}"
    return (
        f"told.{going}", f"told.{state}.{going}.{place}", f"told.on{on}.{state}", f"told.short{short}.{state}",
        f"told.against.{against}",
    )  # fmt: skip


def _leading(asked: _Asked, leads: bool) -> tuple[str, ...]:
    """Whether a time is the first that the article states, as that of a news item is."""
    going = f"on{asked.claim.goes_on}.short{asked.claim.short}"
    return ("lead", f"lead.{asked.state}", f"lead.{going}", f"lead.{asked.state}.{going}") if leads else ("no lead",)


def _none(asked: _Asked, told: bool) -> When:
    claim = asked.claim
    packs = (
        tuple([f"none.{f}" for f in _again(asked, Period())]),
        _timeless(asked.state, asked.kind, asked.way, claim.number.rule),
        _untold(asked.state, told, claim.goes_on, claim.short),
        (f"none.against.{claim.against}", f"none.lead{claim.lead is not None}"),
    )
    return When(Period(), packs)


@packed
def _timeless(state: str, kind: str, way: str, rule: str) -> Pack:
    """What speaks for no time at all: what is asked for, and what the sentence has."""
    return ("none", f"none.{state}", f"none.{kind}", f"none.{kind}.{state}", f"none.{way}.{state}", f"none.{rule}")


@packed
def _untold(state: str, told: bool, on: bool, short: bool) -> Pack:
    """Whether a time was told before, and whether the claim goes on with it."""
    going = f"on{on}.short{short}"
    return (f"none.told{told}", f"none.{going}", f"none.{state}.{going}")


def _again(asked: _Asked, period: Period) -> tuple[str, ...]:
    """Whether the claim before was of this period, in this sentence, paragraph or article."""
    last, state = asked.claim.last, asked.state
    if last is None:
        return ("first",)
    if (last.period.start, last.period.end) != (period.start, period.end):
        return ()
    same = last.sentence == asked.claim.sentence
    place = "sentence" if same else "block" if last.block == asked.s.block else "article"
    return ("again", f"again.{place}", f"again.{place}.{state}", f"again.{state}", f"again.{place}.{asked.way}")


def _paired(s: Sentence, near: Sequence[Time], claim: Claim) -> Time | None:
    """The time that a list pairs with its number: 2022年和2023年分别为1亿元和2亿元."""
    k, size = claim.member
    run = [t for t in near if t.end <= claim.number.start][-size:]
    joined = all(JOINED.fullmatch(s.text, a.end, b.start) for a, b in pairwise(run))
    return run[k] if size > 1 and len(run) == size and joined else None


def _years(period: Period, member: tuple[int, int]) -> Iterator[tuple[str, Period]]:
    """The first and the last year of a span, and that of a list's number: 2020—2022年分别为1、2、3亿元."""
    if period.start is None or period.end is None or period.start.year == period.end.year:
        return
    first, last = period.start.year, period.end.year
    own = [("span.each", first + member[0])] if member[1] == last - first + 1 else []
    for how, year in [*own, ("span.first", first), ("span.last", last)]:
        yield how, Period(date(year, 1, 1), date(year, 12, 31), period.source)


def _grain(period: Period) -> str:
    """How long a period is: a day, a month, a part of a year, a year, years."""
    if period.start is None or period.end is None:
        return "none"
    days = (period.end - period.start).days + 1
    return next((grain for most, grain in GRAINS if days <= most), "years")


def _holds(time: Time, number: Number) -> bool:
    return time.start < number.end and number.start < time.end
