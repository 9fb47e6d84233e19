"""A large document in shares, cut at article borders, that several workers work on at the same time.

Example: of a document with articles of 40,000, 35,000 and 50,000 characters the first share of two has the first
two, the second the last. Each worker reads and lays out the whole document, as roles, date, title and short names
hang on all of it, and links its share alone. What they give together is what one alone gives, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import attrgetter

from zhfacts.documents import Block, Document
from zhfacts.records import Entity, Result

Share = tuple[int, int]
"""Its number from 0, and how many there are."""
WHOLE: Share = (0, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """The blocks and the lines (from 1) of a share."""

    blocks: range
    lines: range


def part(document: Document, blocks: Sequence[Block], share: Share) -> Part:
    """What of a laid out document belongs to a share; the same for every worker that asks."""
    number, count = share
    borders = [(0, 1), *_borders(document, blocks, count), (len(blocks), len(document.lines) + 1)]
    first, last = (borders[min(n, len(borders) - 1)] for n in (number, number + 1))
    return Part(range(first[0], last[0]), range(first[1], last[1]))


def _borders(document: Document, blocks: Sequence[Block], count: int) -> list[tuple[int, int]]:
    """Block and line at which each share but the first begins: up to count - 1 of them."""
    if count == 1:
        return []
    total, so_far = sum(len(block.text) for block in blocks), 0
    found: list[tuple[int, int]] = []
    possible = _cuts(document, blocks)
    for b, block in enumerate(blocks):
        if b in possible and len(found) + 1 < count and so_far * count >= total * (len(found) + 1):
            found.append((b, possible[b]))
        so_far += len(block.text)
    return found


def _cuts(document: Document, blocks: Sequence[Block]) -> dict[int, int]:
    """Blocks before which one may cut, with the line there: no article, and no line, lies on either side."""
    starts, ends = ([document.line_at(block.origin.source[end]).number for block in blocks] for end in (0, -1))
    last_of = {article: number for number, article in enumerate(document.articles, 1)}
    behind = [0, *accumulate((max(e, last_of.get(b.article, 0)) for b, e in zip(blocks, ends, strict=True)), max)]
    found, lowest = {}, len(document.lines) + 1
    for b in range(len(blocks) - 1, 0, -1):
        lowest = min(lowest, starts[b])
        if behind[b] < lowest:
            found[b] = lowest
    return found


def joined(results: Sequence[Result]) -> Result:
    """The result of a document whose shares have all been worked on; one that was given up is given up whole."""
    for result in results:
        if result.document is None:
            return result
    entities: dict[str, Entity] = {}
    for entity in (entity for result in results for entity in result.entities):
        entities.setdefault(entity.entity_id, entity)
    facts = (fact for result in results for fact in result.facts)
    return replace(
        results[0],
        facts=tuple(sorted(facts, key=attrgetter("byte_start", "byte_end"))),
        entities=tuple(entities[key] for key in sorted(entities)),
        mentions=tuple(mention for result in results for mention in result.mentions),
        rejects=tuple(reject for result in results for reject in result.rejects),
    )
