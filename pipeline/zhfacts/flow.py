"""One document through all stages, in the order of reading: read, lay out, find numbers, link, assemble, check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zhfacts import facts as rows
from zhfacts.layout.blocks import lay_out, sentences
from zhfacts.link.context import context
from zhfacts.link.dates import Clock
from zhfacts.link.linker import link
from zhfacts.numbers.scan import find
from zhfacts.read import from_text, read
from zhfacts.records import Block, Document, Fact, Number, Result
from zhfacts.tables.check import keep_provable


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
    document = replace(document, published=settings.published or context().published(document), title=_title(document))
    numbers = [find(block.text) for block in blocks]
    spans = [list(sentences(block.text)) for block in blocks]
    clock = Clock(document.published, context().present(blocks))
    linked = link(blocks, numbers, spans, clock)
    found = _facts(document, blocks, numbers, spans, linked.links)
    kept, refused = keep_provable(document, found)
    named = [m for block in linked.mentions for m in block if not m.type.startswith("pronoun:")]
    subjects = [x.entity for block in linked.links for x in block if x.entity]
    return Result(
        document.source, document, kept, rows.entities([*named, *subjects], linked.aliases),
        tuple(rows.mention_row(document, blocks[b], m) for b, ms in enumerate(linked.mentions) for m in ms if not m.type.startswith("pronoun:")),
        refused,
    )  # fmt: skip


def _facts(
    document: Document, blocks: list[Block], numbers: list[list[Number]], spans: list[list[tuple[int, int]]], links: list[list[rows.Link]]
) -> tuple[Fact, ...]:
    """Facts of all blocks in order of position."""
    found = []
    for b, block in enumerate(blocks):
        quotes: dict[tuple[int, int], str] = {}
        for number, one in zip(numbers[b], links[b], strict=True):
            span = next(s for s in spans[b] if s[0] <= number.start < s[1])
            if span not in quotes:
                quotes[span] = rows.words(document, block, *span)
            found.append(rows.fact(document, blocks, b, number, one, quotes[span]))
    return tuple(sorted(found, key=lambda f: f.start))


def _title(document: Document) -> str | None:
    """The first heading of the document, where it has one."""
    return next((line.text.strip() for line in document.lines if line.role == "heading" and len(line.text.strip()) > 4), None)
