"""Scores facts against hand annotation in the form of tests/gold: spans that overlap, then their fields."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from zhfacts.records import Fact

CORE = {"percent", "percentage_point", "money", "year", "date"}
GROUP = {"year": "time", "date": "time"}


def gold(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def gold_span(text: str, starts: list[int], record: dict[str, Any]) -> tuple[int, int]:
    """Characters [start, end) of an annotated expression, white space inside it allowed."""
    want, at = record["text"], starts[record["line"] - 1]
    for _ in range(record["occ"]):
        at, end = _next(text, want, at)
        found = (at, end)
        at += 1
    return found


def _next(text: str, want: str, at: int) -> tuple[int, int]:
    while True:
        at = text.index(want[0], at)
        k = at
        for c in want:
            while text[k].isspace():
                k += 1
            if text[k] != c:
                break
            k += 1
        else:
            return at, k
        at += 1


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    inside = min(a[1], b[1]) - max(a[0], b[0])
    return inside / (max(a[1], b[1]) - min(a[0], b[0])) if inside > 0 else 0.0


def pairs(spans: list[tuple[int, int]], facts: list[Fact]) -> dict[int, int]:
    """Gold index to fact index, best overlaps first, at least one half of the union."""
    near = []
    for i, span in enumerate(spans):
        for j, fact in enumerate(facts):
            if (share := overlap(span, (fact.start, fact.end))) >= 0.5:
                near.append((share, i, j))
    found: dict[int, int] = {}
    for _, i, j in sorted(near, reverse=True):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def score(text: str, records: list[dict[str, Any]], facts: list[Fact]) -> Counter[str]:
    """Counts over the core kinds: found, missed, spurious, and right values and bounds of the found."""
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
    spans = [gold_span(text, starts, r) for r in records]
    found = pairs(spans, facts)
    n: Counter[str] = Counter()
    for i, record in enumerate(records):
        if record["optional"] or record["kind"] not in CORE:
            continue
        fact = facts[found[i]] if i in found else None
        if fact is None or GROUP.get(fact.kind, fact.kind) != GROUP.get(record["kind"], record["kind"]):
            n["missed"] += 1
            continue
        n["found"] += 1
        n["value"] += value_right(record, fact)
        if record["kind"] not in GROUP:
            n["with bound"] += 1
            n["bound"] += fact.bound == record["bound"]
    taken = set(found.values())
    for j, fact in enumerate(facts):
        optional = any(
            r["optional"] and overlap(s, (fact.start, fact.end)) for r, s in zip(records, spans, strict=True)
        )
        n["spurious"] += j not in taken and fact.kind in CORE and not optional
    return n


def value_right(record: dict[str, Any], fact: Fact) -> bool:
    wanted = record["value"]
    if record["kind"] in GROUP:
        return wanted is None or wanted.startswith("-") or (fact.date_start, fact.date_end) == interval(wanted)
    if wanted is None:
        return fact.value is None
    if record["kind"] == "money" and fact.currency != record["unit"]:
        return False
    low, _, high = wanted.partition("/")
    if high:
        return (fact.low, fact.high) == (float(low), float(high))
    same = abs if record["change"] else float
    return fact.value is not None and same(fact.value) == same(float(low))


def interval(text: str) -> tuple[date, date]:
    """First and last day of an ISO interval: 2024-02 -> 1 to 29 February."""
    first, _, last = text.partition("/")
    return _day(first, False), _day(last or first, True)


def _day(text: str, last: bool) -> date:
    parts = [int(p) for p in text.split("-")]
    year, month, day = (*parts, 12 if last else 1, 0)[:3] if len(parts) < 3 else parts
    if len(parts) == 3:
        return date(year, month, day)
    month = parts[1] if len(parts) > 1 else month
    if not last:
        return date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)
