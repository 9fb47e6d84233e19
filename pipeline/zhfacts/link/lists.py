"""Parallel lists: 甲、乙、丙分别增长1%、2%、3% gives every number its own subject."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from zhfacts.link.attributes import attributes
from zhfacts.link.phrases import phrases
from zhfacts.link.sentence import Sentence, clause_of
from zhfacts.records import Mention, Number

Span = tuple[int, int]
SHORTEST = 2
"""Characters of the shortest name before a property."""
LONG_ITEM = 1.3
"""A last item longer than the others by this holds the property of all: 甲、乙和丙实际使用外资."""

JOINED = regex.compile(r"\s?(?:[、,，]|和|及|与|以及|或)\s?")
BETWEEN = regex.compile(r"(?:\s?/\s?\p{L}{1,4})?\s?(?:[、,，]|和|及|与|以及|或)\s?")
"""Between two numbers of a list a measure may stand, too: 350美元/月、285美元/月."""
SPLIT = regex.compile(r"[、]|和|与|及|以及")
HEAD = regex.compile(r"(?:.*(?:[，。；：,;:]|[（(](?!.*[）)]))|.*(?:其中|年|月|末|底|来看|看))\s?")


def groups(text: str, numbers: list[Number]) -> list[list[Number]]:
    """Numbers in runs that are joined by list signs only and of one kind: 84.1%、81.0%和31.5%."""
    found: list[list[Number]] = []
    for n in numbers:
        last = found[-1][-1] if found else None
        if last and last.kind == n.kind and BETWEEN.fullmatch(text[last.end : n.start]):
            found[-1].append(n)
        else:
            found.append([n])
    return found


def items(text: str, start: int, group: list[Number]) -> list[tuple[int, int]] | None:
    """Spans of the items that 分别 pairs with a group's numbers, in order; None where there is no such list."""
    each = max(text.rfind(word, start, group[0].start) for word in attributes().each)
    if each < 0 or len(group) < 2:
        return None
    head = HEAD.match(text, start, each)
    first = head.end() if head else start
    cuts = [m.span() for m in SPLIT.finditer(text, first, each)]
    commas = [c for c in cuts if text[c[0]] == "、"]
    for chosen in (cuts, commas):
        edges = [first, *(x for c in chosen for x in c), each]
        spans = list(zip(edges[::2], edges[1::2], strict=True))
        if len(spans) == len(group):
            return spans
    return None


def runs(text: str, found: list[Mention]) -> list[list[Mention]]:
    """Mentions in runs that are joined by list signs only: 墨西哥、越南、印度."""
    kept: list[list[Mention]] = []
    for m in found:
        if kept and JOINED.fullmatch(text[kept[-1][-1].end : m.start]):
            kept[-1].append(m)
        else:
            kept.append([m])
    return kept


def run_of_mentions(text: str, found: list[Mention], size: int, floor: int, end: int) -> list[Mention] | None:
    """The last run of exactly `size` mentions joined by list signs in [floor, end): 墨西哥、越南、印度的平均工资."""
    inside = runs(text, [m for m in found if floor <= m.start and m.end <= end])
    return next((run for run in reversed(inside) if len(run) == size), None)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The items that a list of numbers is paired with, in order, and where the last of these numbers ends."""

    items: list[Span]
    end: int
    again: bool = False
    """Whether a list before was of these items: 茶叶和蜂蜜分别为3亿元和2亿元，依次增长4%和5%."""


def paired(s: Sentence, group: list[Number], last: Pairs | None) -> Pairs | None:
    """What a list is paired with: its own items, else those of the list before it in its sentence."""
    if len(group) < 2:
        return None
    if last and len(last.items) == len(group) and not any(last.end <= m.start < group[0].start for m in s.mentions):
        return Pairs(last.items, group[-1].end, again=True)
    found = listed(s, group)
    return Pairs(found, group[-1].end) if found else None


def listed(s: Sentence, group: list[Number]) -> list[Span] | None:
    """The items that a list of numbers is paired with: those of 分别, else a run of as many mentions before it."""
    clause = clause_of(s, group[0].start)
    if found := items(s.text, clause, group):
        return found
    floor = s.start if any(word in s.text[clause : group[0].start] for word in attributes().each) else clause
    run = run_of_mentions(s.text, s.mentions, len(group), floor, group[0].start)
    return [(m.start, m.end) for m in run] if run else None


def subject_of(s: Sentence, item: Span) -> Mention:
    """The subject of one number of a list: the mention that the item begins with, else the item's words."""
    start, end = item
    within = [m for m in s.mentions if start <= m.start and m.end <= end]
    if within and within[0].start == start:
        return within[0]
    trimmed = attributes().trim(s.text, start, end)
    start, end = trimmed if trimmed[1] > trimmed[0] else (start, end)
    end = _owned(s, start, end) or end
    return Mention(start, end, s.text[start:end], "other")


def _owned(s: Sentence, start: int, end: int) -> int:
    """Where a property begins at the end of an item (资源品|的增幅, 石榴科技|营收); 0 where there is none."""
    of = s.text.find("的", start + 1, end)
    if of > 0 and phrases().is_property(s.text[of + 1 : end]):
        return of
    known = phrases().endings.get(s.text[end - 1 : end], ())
    size = max((len(word) for word in known if s.text.endswith(word, start + SHORTEST, end)), default=0)
    return end - size if size > 1 else 0


def shared(s: Sentence, parallel: list[Span], said: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
    """The property of all numbers of a list: what its last item holds behind its name, else what stands outside it."""
    start, end = parallel[-1]
    last = next((m for m in s.mentions if m.start == start and m.end <= end), None)
    if last:
        rest = attributes().trim(s.text, last.end, end)
        if rest[1] - rest[0] >= 2:
            return (s.block, *rest)
    if at := _owned(s, start, end):
        return (s.block, at + (s.text[at] == "的"), end)
    others = [b - a for a, b in parallel[:-1]]
    inside = said is not None and said[0] == s.block and parallel[0][0] <= said[1] < end
    return None if inside and end - start <= LONG_ITEM * sum(others) / len(others) else said
