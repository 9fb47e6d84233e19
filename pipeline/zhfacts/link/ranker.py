"""One ranker for all links: candidates with named features, weights in rules/link/ranker, the greatest sum wins.

In 茶园面积为3万亩 the candidate 茶园 has the feature same.opens, which weighs for it. Weights are whole hundredths and
odds whole millionths, so that sums are exact and the same on every machine. `make ranker` fits them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, TypeVar, cast

from zhfacts import knowledge
from zhfacts.records import Number

SCALE = 100
"""Weights are written in hundredths of a unit of log-odds."""
PACKS = 1 << 14
"""Groups of features whose sums are kept."""
WHOLE = 1_000_000
"""A share of all."""
ODDS = tuple(round(WHOLE * math.exp(-difference / SCALE)) for difference in range(14 * SCALE))
"""Odds of a candidate that has so many hundredths less than the best."""


Words = ParamSpec("Words")
Made = TypeVar("Made")
Pack = tuple[str, ...]
"""Features that come together; the same object comes again and again, so that its weights are added up once."""


def packed(make: Callable[Words, Made]) -> Callable[Words, Made]:
    """The decorator of what makes a pack, or two, of words and nothing else: each is made once."""
    return cast("Callable[Words, Made]", lru_cache(PACKS)(make))


class Featured(Protocol):
    """Anything that can be ranked."""

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Names of what speaks for or against it, as others have them, too."""

    @property
    def own(self) -> Pack:
        """Those that seldom come again."""


def features_of(candidate: Featured) -> Pack:
    """All features of a candidate."""
    return (*chain.from_iterable(candidate.packs), *candidate.own)


Thing = TypeVar("Thing", bound=Featured)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a feature adds to a candidate of one kind of link."""

    feature: str
    weight: str


@dataclass(frozen=True, slots=True)
class Knot:
    """Of links whose shares come to so much (in millionths) and more, so many hundredths are right."""

    share: str
    right: str


class Choice(NamedTuple, Generic[Thing]):
    """The candidate that won, and its share of all candidates' odds in millionths: how sure the ranker is."""

    best: Thing
    share: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One choice as it was made: what was asked for which number, the candidates, and their sums."""

    what: str
    block: int
    number: Number
    candidates: Sequence[Any]
    scores: Sequence[int]


_watcher: ContextVar[list[Seen] | None] = ContextVar("watcher", default=None)


@contextmanager
def watching() -> Iterator[list[Seen]]:
    """All choices made inside the block, in order; for explaining and for fitting."""
    seen: list[Seen] = []
    token = _watcher.set(seen)
    try:
        yield seen
    finally:
        _watcher.reset(token)


class _Worth(dict[Pack, int]):
    """What packs of features weigh: each is added up once, and all are forgotten when they are too many."""

    def __init__(self, weights: dict[str, int]) -> None:
        self.weights = weights

    def of(self, pack: Pack) -> int:
        """The sum of its features' weights."""
        return sum(filter(None, map(self.weights.get, pack)))

    def __missing__(self, pack: Pack) -> int:
        if len(self) >= PACKS:
            self.clear()
        total = self[pack] = self.of(pack)
        return total


class Ranker:
    """Ranks candidates by the weights of one table, `what`: subjects, properties, bases or periods."""

    def __init__(self, what: str, weights: dict[str, int]) -> None:
        self.what, self.weights, self._worth = what, weights, _Worth(weights)

    def score(self, candidate: Featured) -> int:
        """Sum of the weights of its features, in hundredths."""
        worth = self._worth
        return sum(map(worth.__getitem__, candidate.packs), worth.of(candidate.own))

    def choose(self, candidates: Sequence[Thing], number: Number, block: int = 0) -> Choice[Thing]:
        """The best of the candidates for a number of a block, of two alike the first; there must be one."""
        scores = [self.score(candidate) for candidate in candidates]
        seen = _watcher.get()
        if seen is not None:
            seen.append(Seen(self.what, block, number, candidates, scores))
        top = max(scores)
        odds = sum(ODDS[top - score] for score in scores if top - score < len(ODDS))
        return Choice(candidates[scores.index(top)], WHOLE * WHOLE // odds)


class Calibration:
    """How often links of a share turned out right, on articles that the weights had not seen."""

    def __init__(self) -> None:
        knots = knowledge.table("link/ranker/calibration.csv", Knot)
        self.shares, self.right = [int(k.share) for k in knots], [int(k.right) for k in knots]

    def score(self, *shares: int) -> float:
        """The probability, in hundredths, that a link is right whose parts have these shares."""
        whole = WHOLE
        for share in shares:
            whole = whole * share // WHOLE
        return self.right[max(0, bisect_right(self.shares, whole) - 1)] / SCALE


def _read(name: str) -> Ranker:
    rows = knowledge.table(f"link/ranker/{name}.csv", Weight)
    return Ranker(name, {row.feature: int(row.weight) for row in rows})


@knowledge.built
def subject_ranker() -> Ranker:
    """The ranker of subjects."""
    return _read("subjects")


@knowledge.built
def property_ranker() -> Ranker:
    """The ranker of measured properties."""
    return _read("properties")


@knowledge.built
def basis_ranker() -> Ranker:
    """The ranker of what changes, shares and multiples are taken against."""
    return _read("bases")


@knowledge.built
def period_ranker() -> Ranker:
    """The ranker of the times for which claims hold."""
    return _read("periods")


@knowledge.built
def calibration() -> Calibration:
    """The one instance; rules are frozen once loaded."""
    return Calibration()
