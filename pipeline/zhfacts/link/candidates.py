"""Who may hold a number: names and noun phrases of its sentence, who was spoken of before, or nobody.

Each candidate carries its features by name: same.opens and same.f.prop say that 茶园 opens the clause of
茶园面积为3万亩 and stands before a property. What they weigh is fitted, see link/ranker.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from zhfacts.link.parse import Parse
from zhfacts.link.ranker import Pack, packed
from zhfacts.link.sentence import Sentence, is_base
from zhfacts.link.spots import PHRASE, Spot, group_of, reach, spots
from zhfacts.link.subjects import Topic, subjects
from zhfacts.records import Number

MEASURE = {
    **dict.fromkeys(("percent", "percentage_point", "fraction", "multiple"), "rate"),
    **dict.fromkeys(("year", "date"), "time"),
}
"""Kinds of numbers that are linked alike."""
MOST_TIMES = 4
STANDING: list[list[Pack]] = [
    [(f"times.{2 if times == MOST_TIMES - 1 else times}", *main) for times in range(MOST_TIMES + 1)]
    for main in ((), ("main.named",))
]
"""Features of one who is not the article's main one, and of one who is, by how often the article names him."""
INSIDE = frozenset({"same", "behind"})
"""Places in the number's own clause."""
AHEAD = 2
"""Clauses behind the number's in which a name that holds it may stand."""
FAR, MANY, OLD = 3, 3, 3
"""Clauses, candidates between, and sentences from which on more make no difference."""
MOST = 40
"""Candidates of a sentence; of more the nearest are taken."""
OWNED = frozenset({"的", "以上的", "左右的", "多的", "的“", "的《"})
"""What lies between a number and the one that it describes: 豪夺1亿元的《雪山》."""
WORDS = 12
"""Words behind a candidate that its way to the number is told by."""
WAYS = 1 << 14
"""Ways whose features are kept."""


@dataclass(slots=True)
class Candidate:
    """Somebody or nobody (None) as the holder of a number."""

    topic: Topic | None
    packs: tuple[Pack, ...]
    own: Pack = ()


@dataclass(slots=True)
class Carried:
    """What an article has spoken of before the sentence."""

    topic: Topic | None = None
    heading: Topic | None = None
    last: Topic | None = None
    """The holder of the number before, in this sentence or an earlier one."""
    main: Topic | None = None
    """Whom the article names most."""
    standing: Callable[[str], Pack] = lambda _: STANDING[False][0]
    """Features of how much the article speaks of somebody."""
    age: int = 0
    """Sentences since the topic was named."""
    solo: bool = False
    """Whether the article is a paragraph by itself."""

    def names(self) -> frozenset[str]:
        """Names of those last spoken of."""
        return frozenset([each.mention.name for each in (self.last, self.topic, self.heading) if each])


@dataclass(slots=True)
class _Asked:
    """A number and where it stands: its sentence, clause, and with what this begins; what all candidates ask of it."""

    s: Sentence
    parsed: Parse
    number: Number
    carried: Carried
    near: Sequence[Spot]
    clause: int
    opening: str
    kind: str = field(init=False)
    solo: str = field(init=False)
    state: str = field(init=False)
    """Where the sentence has candidates of its own."""
    starts: Sequence[int] = field(init=False)
    """Where the spots before the number begin, in order."""
    ends: Sequence[int] = field(init=False)
    """Where those behind it end, in order."""
    rank: int = field(init=False)
    """How many numbers the sentence has before it."""
    words: tuple[int, int] = field(init=False)
    """Its first word, and the one behind its last."""
    known: frozenset[str] = field(init=False)
    """Names of whom the article has spoken of before."""

    def __post_init__(self) -> None:
        number, starts = self.number, [x.mention.start for x in self.near]
        ahead = bisect_left(starts, number.start)
        self.starts, self.ends = starts[:ahead], sorted([x.mention.end for x in self.near[ahead:]])
        self.kind, self.solo = MEASURE.get(number.kind, number.kind), "solo" if self.carried.solo else "text"
        self.rank = bisect_right(self.s.ends, number.start)
        self.words = self.parsed.index(number.start), self.parsed.index(number.end)
        self.known, self.state = self.carried.names(), _state(self)


def holders(s: Sentence, parsed: Parse, found: Sequence[Spot], number: Number, carried: Carried) -> list[Candidate]:
    """The candidates for one number of a sentence with such spots; nobody comes last."""
    clause = bisect_right(s.breaks, number.start)
    begins = s.breaks[clause - 1] if clause else s.start
    last, near_by, start, end = clause + AHEAD, reach(clause), number.start, number.end
    near = [
        x
        for x in found
        if (x.clause in near_by if x.group == PHRASE else x.clause <= last)
        and (x.mention.end <= start or end <= x.mention.start)
    ][-MOST:]
    if number.kind == "multiple":
        near = [x for x in near if not is_base(s, x.mention, number)]
    asked = _Asked(s, parsed, number, carried, near, clause, spots().opening(parsed, begins, start))
    lead = subjects().best(s.text, s.block, [x.mention for x in near if x.group in "ng"], begins, start)
    told = [_candidate(asked, x, lead is not None and x.mention == lead.mention) for x in near]
    return [*told, *_before(asked), _nobody(asked)]


def _candidate(asked: _Asked, spot: Spot, lead: bool) -> Candidate:
    m, group, opening, topic = spot.mention, spot.group, asked.opening, spot.topic
    where = _where(spot, asked)
    first = "first" if spot is asked.near[0] else ""
    packs = (
        _standing(where, group, asked.kind, opening, asked.solo),
        *spot.packs,
        _beside(where, spot.beside),
        _flagged(where, opening, spot.opens, first, lead),
        _gap(asked, spot, where),
        asked.carried.standing(m.name),
        _way(asked, spot, where),
    )
    if where in INSIDE and group != PHRASE:
        topic = Topic(m, topic.place, 0.0, "clause" if where == "same" else where)
    return Candidate(topic, packs, (*spot.words, *_named(asked, m.name)) if m.name in asked.known else spot.words)


@packed
def _standing(where: str, group: str, kind: str, opening: str, solo: str) -> Pack:
    """In which clause a candidate stands, beside what the clause begins with and what is asked for."""
    return (
        where, f"{where}.{opening}", f"{where}.{solo}", f"{where}.{group}", f"{kind}.{where}",
        f"{where}.{group}.{opening}", f"{where}.{group}.{solo}", f"{kind}.{where}.{group}",
    )  # fmt: skip


@packed
def _beside(where: str, beside: Pack) -> Pack:
    """What stands beside a candidate weighs otherwise in other places."""
    before = () if where in INSIDE else tuple(f"prev.{f}" for f in beside)
    return (*(f"{where}.{f}" for f in beside), *before)


@packed
def _flagged(where: str, opening: str, opens: bool, first: str, lead: bool) -> Pack:
    """Whether it opens its clause, is the first of all, and leads the sentence."""
    return (
        *([f"{where}.opens.{opening}"] if opens else []),
        *([first, f"{first}.{where}", f"{first}.{opening}"] if first else []),
        *(["lead", f"lead.{opening}"] if lead else []),
    )


def _where(spot: Spot, asked: _Asked) -> str:
    away = asked.clause - spot.clause
    if spot.mention.start >= asked.number.end:
        return "behind" if away == 0 else f"behind{-away}"
    return "same" if away <= 0 else f"prev{min(away, FAR)}"


def _gap(asked: _Asked, spot: Spot, where: str) -> Pack:
    """What lies between a spot and the number: how many others, or nothing at all."""
    m, number = spot.mention, asked.number
    if where == "behind":
        numbers, between = bisect_right(asked.s.ends, m.start) - asked.rank - 1, bisect_right(asked.ends, m.start)
    else:  # none where it stands behind, in a later clause
        numbers = max(0, asked.rank - bisect_left(asked.s.begins, m.end))
        between = len(asked.starts) - bisect_left(asked.starts, m.end)
    numbers, between = min(2, numbers), min(MANY, between)
    if where not in INSIDE:
        return _far(numbers)
    how = "touch" if m.end == number.start else "touched" if m.start == number.end else ""
    if not how and asked.s.text[number.end : m.start] in OWNED:
        how = "owned"
    return _near(where, between, numbers, how, asked.kind, *((spot.group, asked.opening) if how == "owned" else ()))


@packed
def _far(numbers: int) -> Pack:
    return (f"prev.n{numbers}",)


@packed
def _near(where: str, between: int, numbers: int, how: str, kind: str, *owner: str) -> Pack:
    """How many candidates and numbers are between, whether they touch, and by what sort it is owned."""
    touching = (how, f"{how}.{kind}") if how else ()
    return (f"{where}.c{between}", f"{where}.n{numbers}", *touching, *(f"{how}.{one}" for one in owner))


def _way(asked: _Asked, spot: Spot, where: str) -> Pack:
    """The words between a spot and the number, a letter for each sort, whole and the three at either end."""
    opens, closes = asked.words
    if spot.mention.start >= asked.number.end:
        side, first, last = "behind", closes, spot.first
    else:
        side, first, last = "same" if where == "same" else "prev", spot.behind, opens
    return between(side, asked.parsed.letters[first : min(last, first + WORDS)])


@lru_cache(WAYS)
def between(side: str, letters: str) -> Pack:
    """The way between a candidate and the number, by the letters of the words there."""
    way = "".join(letter for letter, _ in groupby(letters))
    return (f"{side}.way.{way[:5]}", f"{side}.out.{way[:3]}", f"{side}.in.{way[-3:]}")


def _named(asked: _Asked, name: str) -> Iterator[str]:
    """Whether it was spoken of before."""
    carried, s = asked.carried, asked.s
    if carried.last and carried.last.mention.name == name:
        block, start, _ = carried.last.place
        yield "again" if block == s.block and start >= s.start else "last.named"
    if carried.topic and carried.topic.mention.name == name:
        yield "topic.named"
    if carried.heading and carried.heading.mention.name == name:
        yield "heading.named"


def _state(asked: _Asked) -> str:
    """Where the sentence has candidates of its own."""
    if any(x.clause == asked.clause and x.mention.end <= asked.number.start for x in asked.near):
        return "have"
    return "prev" if any(x.clause < asked.clause for x in asked.near) else "later" if asked.near else "bare"


def _before(asked: _Asked) -> Iterator[Candidate]:
    """Those whom the article has spoken of before and whom the sentence does not name."""
    carried, state, kind = asked.carried, asked.state, asked.kind
    named = {x.mention.name for x in asked.near}
    origins = {"carried": carried.topic, "last": carried.last, "heading": carried.heading, "main": carried.main}
    for origin, topic in origins.items():
        if topic is None or topic.mention.name in named:
            continue
        named.add(topic.mention.name)
        packs = (
            _known(origin, kind, state, asked.opening),
            _aged(origin, group_of(topic.mention), min(carried.age, OLD)),
            carried.standing(topic.mention.name),
        )
        yield Candidate(Topic(topic.mention, topic.place, topic.score, "carried"), packs)


@packed
def _known(origin: str, kind: str, state: str, opening: str) -> Pack:
    """How somebody is known from before, beside what the sentence has of its own."""
    return (
        origin, f"{origin}.{kind}", f"{origin}.{state}", f"{origin}.{kind}.{state}", f"carried.{state}",
        f"{origin}.{opening}", f"carried.{state}.{opening}",
    )  # fmt: skip


@packed
def _aged(origin: str, group: str, age: int) -> Pack:
    """Of which sort it is, and since how many sentences."""
    return (f"{origin}.{group}", f"{origin}.age{age}")


def _nobody(asked: _Asked) -> Candidate:
    return Candidate(None, (_none(asked.state, asked.kind, asked.opening, asked.solo),))


@packed
def _none(state: str, kind: str, opening: str, solo: str) -> Pack:
    """What speaks for nobody."""
    return (
        "null", f"null.{kind}", f"null.{state}", f"null.{opening}", f"null.{solo}", f"null.{kind}.{state}",
        f"null.{opening}.{solo}", f"null.{kind}.{opening}", f"null.{state}.{opening}",
    )  # fmt: skip
