"""Facts held against annotations: which belong together, what is found, missed and spurious, which fields are right.

Example: 5784亿 counts as a find of the annotated 5784亿元, for they share more than half of both together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from zhfacts.records import TIME_KINDS
from zhfacts.scoring.annotations import Annotation
from zhfacts.scoring.fields import Row, checks
from zhfacts.scoring.pages import Page, Span, squeezed

CORE: Final = frozenset({"percent", "percentage_point", "money", "year", "date"})
"""Kinds of the core scope; the others are extended."""
SCOPES: Final = ("core", "extended")
SMALL: Final = re.compile(r"[第前上下]?[一二三四五六七八九十两几半]+[^\d百千万亿]{0,3}")
"""Small counts in Chinese numerals (三个方面), which annotators leave out; found all the same, they harm nothing."""
SMALL_KINDS: Final = frozenset({"quantity", "duration", "ordinal", "multiple"})
ENOUGH: Final = 0.5
"""Share of what two spans cover together that they must have in common."""


def scope(kind: str) -> str:
    """The scope in which a kind is counted: money -> core."""
    return "core" if kind in CORE else "extended"


def group(kind: str) -> str:
    """Kinds that count as one: year and date."""
    return "time" if kind in TIME_KINDS else kind


@dataclass(frozen=True, slots=True)
class Error:
    """Something that is not as annotated: where, in which field, what was wanted and what stands there."""

    document: str
    line: int
    field: str
    surface: str
    wanted: str | None
    got: str | None


@dataclass
class Tally:
    """Counts over all documents."""

    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By kind: found, missed, spurious."""
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    of: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By scope and field: how many are right, of how many that were judged."""
    errors: list[Error] = field(default_factory=list)

    def count(self, what: str, scoped: str) -> int:
        """How many of a scope are "found", "missed" or "spurious"."""
        return sum(counts[what] for kind, counts in self.kinds.items() if scope(kind) == scoped)


@dataclass(frozen=True, slots=True)
class Case:
    """One document with its annotations and its facts, all with their spans in its page."""

    document: str
    annotations: Sequence[tuple[Annotation, Span]]
    facts: Sequence[tuple[Row, Span]]
    refused: Collection[str] = ()
    """Ids of facts that a person has looked at and refused."""


def placed(page: Page, facts: Iterable[Row]) -> list[tuple[Row, Span]]:
    """Facts with their spans, in order."""
    spans = ((f, page.at(f["line_start"], f["col_start"]), page.at(f["line_end"], f["col_end"])) for f in facts)
    return sorted(((f, (start, end)) for f, start, end in spans), key=lambda each: each[1])


def overlap(a: Span, b: Span) -> float:
    """Characters that two spans share, of those that they cover from end to end."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0])) / max(1, max(a[1], b[1]) - min(a[0], b[0]))


def add(tally: Tally, case: Case) -> None:
    """Count one document."""
    found = pairs([span for _, span in case.annotations], [span for _, span in case.facts])
    subjects = {gold.subject for gold, _ in case.annotations if gold.subject}
    for i, (gold, _) in enumerate(case.annotations):
        if gold.optional:
            continue
        if i in found:
            _judge(tally, case.document, gold, case.facts[found[i]][0], subjects)
        else:
            tally.kinds[gold.kind]["missed"] += 1
            tally.errors.append(_error(case.document, gold, "missed", gold.kind, None))
    taken = set(found.values())
    for j, (fact, span) in enumerate(case.facts):
        if j not in taken and (fact["fact_id"] in case.refused or not _harmless(fact, span, case.annotations)):
            tally.kinds[fact["kind"]]["spurious"] += 1
            surface = squeezed(fact["surface"])
            tally.errors.append(Error(case.document, fact["line_start"], "spurious", surface, None, fact["kind"]))


def pairs(wanted: Sequence[Span], got: Sequence[Span]) -> dict[int, int]:
    """Which of the spans got, in order, belongs to which one wanted: best overlap first, each once, at least half."""
    near = sorted(_near(wanted, got), reverse=True)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in near:
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return found


def _near(wanted: Sequence[Span], got: Sequence[Span]) -> Iterator[tuple[float, int, int]]:
    starts = [start for start, _ in got]
    longest = max((end - start for start, end in got), default=0)
    for i, span in enumerate(wanted):
        for j in range(bisect_left(starts, span[0] - longest), bisect_left(starts, span[1])):
            share = overlap(span, got[j])
            if share >= ENOUGH:
                yield share, i, j


def _judge(tally: Tally, document: str, gold: Annotation, fact: Row, subjects: Iterable[str]) -> None:
    """Count a fact that stands where its annotation does: of another kind it is missed and spurious at once."""
    if group(gold.kind) != group(fact["kind"]):
        tally.kinds[gold.kind]["missed"] += 1
        tally.kinds[fact["kind"]]["spurious"] += 1
        tally.errors.append(_error(document, gold, "kind", gold.kind, fact["kind"]))
        return
    tally.kinds[gold.kind]["found"] += 1
    scoped = scope(gold.kind)
    for name, right in checks(gold, fact, subjects).items():
        tally.of[scoped, name] += 1
        tally.right[scoped, name] += right
        if not right and name != "whole fact":
            tally.errors.append(_error(document, gold, name, *_both(name, gold, fact)))


def _harmless(fact: Row, span: Span, annotations: Iterable[tuple[Annotation, Span]]) -> bool:
    """Whether a fact that nothing was annotated for is neither rewarded nor punished."""
    if fact["kind"] in SMALL_KINDS and SMALL.fullmatch(squeezed(fact["surface"])):
        return True
    return any(gold.optional and overlap(there, span) > 0 for gold, there in annotations)


def _error(document: str, gold: Annotation, name: str, wanted: str | None, got: str | None) -> Error:
    return Error(document, gold.line, name, gold.text, wanted, got)


def _both(name: str, gold: Annotation, fact: Row) -> tuple[str | None, str | None]:
    """What was wanted in a field and what stands there, as text."""
    if name == "value":
        return _said(gold.value, "" if gold.timed else gold.unit), _said(_value(fact), _unit(fact))
    if name in {"time", "no time"}:
        return gold.time, _days(fact["period_start"], fact["period_end"])
    column = name.rpartition(" ")[2]
    return getattr(gold, column), fact[column]


def _said(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


def _unit(fact: Row) -> str:
    return "" if fact["kind"] in TIME_KINDS else str(fact["currency"] or fact["unit"])


def _value(fact: Row) -> str | None:
    """Value, range or time of a fact, as annotation would have it."""
    if fact["kind"] in TIME_KINDS:
        return _days(fact["date_start"], fact["date_end"]) or fact["when"]
    if fact["low"] is not None:
        return f"{fact['low']:.15g}/{fact['high']:.15g}"
    return None if fact["value"] is None else f"{fact['value']:.15g}"


def _days(first: object, last: object) -> str | None:
    return None if first is None else f"{first}/{last}"
