"""One document through all stages, in the order of reading: read, lay out, find numbers, link, assemble, check."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zhfacts import facts as rows
from zhfacts.layout.blocks import lay_out, sentences
from zhfacts.layout.normalise import normalise
from zhfacts.link.context import LONGEST_LINE, context
from zhfacts.link.dates import Clock
from zhfacts.link.linker import Linked, link
from zhfacts.numbers.scan import find
from zhfacts.read import from_text, read
from zhfacts.records import Block, Document, Fact, Number, Result
from zhfacts.tables.check import keep_provable

Span = tuple[int, int]
SHORTEST_TITLE = 4
"""Characters that a heading must have more of to be a document's title."""


@dataclass(frozen=True)
class Settings:
    """What a run is told from outside; it goes into run.json."""

    published: date | None = None


def extract_text(text: str, settings: Settings) -> Result:
    """All that one string gives; InputError for text that is no Unicode."""
    return extract(from_text(text), settings)


def extract_file(source: str, path: Path, settings: Settings) -> Result:
    """All that one file gives; what cannot be read becomes a reject row."""
    document, rejects = read(source, path)
    if document is None:
        return Result(source, None, rejects=tuple(rejects))
    result = extract(document, settings)
    assert result.document is not None  # noqa: S101  # extract() always returns the document it was given
    return replace(result, document=replace(result.document, raw=b""), rejects=(*rejects, *result.rejects))


def extract(document: Document, settings: Settings) -> Result:
    """All stages over a document that has been read."""
    document, blocks = lay_out(document)
    document = replace(document, published=settings.published or _published(document), title=_title(document))
    numbers = [find(block.text) for block in blocks]
    spans = [list(sentences(block.text)) for block in blocks]
    clock = Clock(document.published, context().present(blocks))
    linked = link(blocks, numbers, spans, clock)
    kept, refused = keep_provable(document, _facts(document, blocks, spans, numbers, linked))
    named = [(b, m) for b, ms in enumerate(linked.mentions) for m in ms if not m.type.startswith("pronoun:")]
    subjects = [one.entity for block in linked.links for one in block if one.entity]
    return Result(
        document.source,
        document,
        kept,
        rows.entities([*(m for _, m in named), *subjects], linked.aliases),
        tuple(rows.mention_row(document, blocks[b], m) for b, m in named),
        refused,
    )


def _facts(
    document: Document, blocks: list[Block], spans: list[list[Span]], numbers: list[list[Number]], linked: Linked
) -> tuple[Fact, ...]:
    """Facts of all blocks in order of position."""
    found = []
    for b, block in enumerate(blocks):
        quotes: dict[Span, str] = {}
        starts = [s for s, _ in spans[b]]
        for claim in zip(numbers[b], linked.links[b], strict=True):
            span = spans[b][bisect_right(starts, claim[0].start) - 1]
            if span not in quotes:
                quotes[span] = rows.words(document, block, *span)
            found.append(rows.fact(document, blocks, b, claim, quotes[span]))
    return tuple(sorted(found, key=lambda f: f.start))


def _published(document: Document) -> date | None:
    """The date that the document's own lines name; only those with a year are looked at."""
    dated = (
        line.text for line in document.lines if "年" in line.text or "文章编号" in line.text or "日期" in line.text
    )
    return context().published([normalise(text[:LONGEST_LINE])[0] for text in dated])


def _title(document: Document) -> str | None:
    """The first heading of the document, where it has one."""
    headings = (line.text.strip() for line in document.lines if line.role == "heading")
    return next((text for text in headings if len(text) > SHORTEST_TITLE), None)
