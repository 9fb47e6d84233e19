"""Parallel lists: 甲、乙、丙分别增长1%、2%、3% gives every number its own subject."""

from __future__ import annotations

import regex

from zhfacts.records import Mention, Number

JOINED = regex.compile(r"\s?(?:[、,，]|和|及|与|以及|或)\s?")
BETWEEN = regex.compile(r"(?:\s?/\s?\p{L}{1,4})?\s?(?:[、,，]|和|及|与|以及|或)\s?")
"""Between two numbers of a list a measure may stand, too: 350美元/月、285美元/月."""
EACH = "分别"
SPLIT = regex.compile(r"[、]|和|与|及|以及")
HEAD = regex.compile(r"(?:.*[，。；：（(]|.*(?:其中|年|月|末|底|来看|看))")


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
    each = text.rfind(EACH, start, group[0].start)
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


def run_of_mentions(text: str, found: list[Mention], size: int, floor: int, end: int) -> list[Mention] | None:
    """The last run of exactly `size` mentions joined by list signs in [floor, end): 墨西哥、越南、印度的平均工资."""
    inside = [m for m in found if floor <= m.start and m.end <= end]
    runs: list[list[Mention]] = []
    for m in inside:
        if runs and JOINED.fullmatch(text[runs[-1][-1].end : m.start]):
            runs[-1].append(m)
        else:
            runs.append([m])
    return next((r for r in reversed(runs) if len(r) == size), None)
