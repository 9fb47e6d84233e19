"""Contents pages: entries with page numbers, and the titles and summaries that stand again above their articles.

Example: 港口数字化的三道题 above 林岸 16 is the title that heads the article on page 16.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import regex

from zhfacts.layout.lines import PARAGRAPH, Assigned, Lines

PAGE_PLACES = 4
"""Entries and echoed titles that make a contents page; fewer may be names with a figure behind them."""
PAGE_ENTRIES = 2
"""Entries among them, at the least."""
PAGE_GAP = 36
"""Lines between two places of one contents page: a summary, blank lines, an advert."""
AFTER = 2
"""Lines after the last entry that still belong to it: its summary."""
FOLLOWS, NEARBY = 2, 8
"""Lines below a title within which its article begins: blank ones not counted, and counted."""
SHORTEST = 2
"""Characters of the shortest title that is known again."""
ASCENDING = 0.6
"""Share of neighbouring entries whose page numbers grow."""
NUMBER = regex.compile(r"^\W*P(\d{1,3})\s|(\d{1,3})$")
PAGE = regex.compile(r"^\W*P\d{1,3}\s+|\s+P?\d{1,3}$")


def mark_contents(lines: Lines, found: list[Assigned]) -> set[int]:
    """Give the titles and summaries of contents pages their role; the lines of such pages that have it.

    Other short lines there (names, section labels, adverts) are left to the regions.
    """
    told: set[int] = set()
    entries = {i for i, a in enumerate(found) if a.role == "contents"}
    if len(entries) < PAGE_ENTRIES:
        return told
    echoes = set(_echoes(lines, found))
    for page in _near(sorted(entries | echoes)):
        own = entries.intersection(page)
        if len(own) < PAGE_ENTRIES or len(page) < PAGE_PLACES or not _ascends(lines, sorted(own)):
            continue
        first, last = min(own), max(own)
        above = ""
        for i in range(page[0], min(len(found), last + AFTER + 1)):
            if not lines.texts[i]:
                continue
            is_summary = lines.running[i] or (lines.says(i) and above == "contents")
            is_part = i in echoes or (i > first and is_summary) or (i > last and not _heads(lines, found, i))
            if is_part and found[i].role == "body":
                found[i] = Assigned("contents", "contents-page")
            above = found[i].role
            if above == "contents":
                told.add(i)
    return told


def _ascends(lines: Lines, entries: Sequence[int]) -> bool:
    """Whether the page numbers of most entries grow, as those of a ranking (甲公司 58, 乙公司 43) do not."""
    numbers = [int(m[1] or m[2]) for i in entries if (m := NUMBER.search(lines.texts[i]))]
    return sum(a <= b for a, b in pairwise(numbers)) >= ASCENDING * (len(numbers) - 1)


def _echoes(lines: Lines, found: Sequence[Assigned]) -> Iterator[int]:
    """Lines whose words stand once more further down: a title above its article, a summary as its lead."""
    keys = ["".join((PAGE.sub("", text) if _is_paged(text) else text).split()) for text in lines.texts]
    places: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        if len(key) >= SHORTEST:
            places.setdefault(key, []).append(i)
    for key, at in places.items():
        again = [i for i in at[1:] if len(key) >= PARAGRAPH or _heads(lines, found, i)]
        if again:
            yield from (i for i in at if i < again[-1])


def _is_paged(text: str) -> bool:
    """A look that is cheaper than a pattern: whether the line may name a page, in front or behind."""
    return text[-1:].isdigit() or "P" in text


def _heads(lines: Lines, found: Sequence[Assigned], i: int) -> bool:
    """Whether an article begins right below line i: a byline, or running text."""
    below = [j for j in range(i + 1, min(len(found), i + NEARBY)) if lines.texts[j]][:FOLLOWS]
    return any(lines.running[j] or found[j].role == "byline" for j in below)


def _near(places: Iterable[int]) -> Iterator[list[int]]:
    """Runs of places that follow each other within PAGE_GAP lines."""
    run: list[int] = []
    for i in places:
        if run and i - run[-1] > PAGE_GAP:
            yield run
            run = []
        run.append(i)
    if run:
        yield run
