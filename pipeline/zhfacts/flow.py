"""One document through all stages, in the order of reading: read, lay out, find numbers, link, assemble, check."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from zhfacts import facts as rows
from zhfacts import knowledge
from zhfacts.documents import FACT_ROLES, Block, Document
from zhfacts.errors import ZhfactsError
from zhfacts.guard import (
    CPU_LIMIT,
    MAX_CHARACTERS,
    MAX_NUMBERS,
    MEMORY_LIMIT,
    TooMuch,
    TooSlow,
    cpu_time,
    memory,
    seldom_collected,
)
from zhfacts.knowledge import Overlay
from zhfacts.layout.blocks import lay_out, sentences
from zhfacts.layout.normalise import normalise
from zhfacts.layout.tables import cut
from zhfacts.link.context import FIRST_LINES, LONGEST_LINE, context
from zhfacts.link.dates import Clock
from zhfacts.link.headers import Numbers
from zhfacts.link.linker import Linked, link
from zhfacts.link.masthead import Head, masthead
from zhfacts.link.tables import Sheet
from zhfacts.link.words import DEFAULT, using
from zhfacts.numbers.cells import kind_of
from zhfacts.numbers.cells import read as read_cell
from zhfacts.numbers.scan import find
from zhfacts.read import Columns, Raw, from_text, open_records, read, read_record
from zhfacts.records import (
    OUT_OF_MEMORY,
    TOO_LONG,
    TOO_MANY,
    TOO_SLOW,
    WORKER_DIED,
    Fact,
    Mention,
    Number,
    Reject,
    Result,
)
from zhfacts.reread import fact_fault
from zhfacts.shares import WHOLE, Part, Share, part
from zhfacts.tables.check import keep_provable

Span = tuple[int, int]
SUBTITLE = "——"
"""Opens the line below a title; a title of two lines is taken for running text."""


@dataclass(frozen=True)
class Settings:
    """What a run is told from outside; it goes into run.json."""

    published: date | None = None
    overlay: Overlay | None = None
    """A user's own rules, laid over ours."""
    text_column: str = "text"
    id_column: str | None = None
    """Of files of records: where their text and their id stand."""
    roles: frozenset[str] = FACT_ROLES
    """Roles of the lines that give facts."""
    cpu_limit: float = CPU_LIMIT
    """Seconds of processor time for each million characters begun, after which a document is given up; 0: never."""
    segmenter: str = DEFAULT
    """What finds word boundaries; link/words.py has the names."""
    max_characters: int = MAX_CHARACTERS
    max_numbers: int = MAX_NUMBERS
    memory_limit: int = MEMORY_LIMIT
    """What a document may hold, and MiB that it may take, before it is given up; 0: any."""


def extract_text(text: str, settings: Settings) -> Result:
    """All that one string gives; InputError for text that is no Unicode."""
    return extract(from_text(text), replace(settings, max_numbers=0))  # whose string it is bounds it himself


def extract_file(source: str, path: Path, settings: Settings) -> Result:
    """All that one file gives; what cannot be read becomes a reject row."""
    with memory(settings.memory_limit):
        return _read(source, read(source, path), settings)


def extract_share(source: str, path: Path, settings: Settings, share: Share) -> Result:
    """What one share of a large file gives, to be put together by `shares.joined`."""
    with memory(settings.memory_limit):
        return _read(source, read(source, path), settings, share)


def extract_records(source: str, path: Path, settings: Settings) -> Iterator[Result]:
    """What each record of a file of records gives; one that cannot be read becomes a reject row."""
    for name, raw in open_records(source, path, Columns(settings.text_column, settings.id_column)):
        yield extract_record(name, raw, settings)


def extract_record(source: str, raw: Raw, settings: Settings) -> Result:
    """All that one record gives; one that cannot be read becomes a reject row."""
    try:
        with memory(settings.memory_limit):
            return _read(source, read_record(source, raw), settings)
    except ZhfactsError:
        raise  # a broken rule concerns all documents
    except Exception as error:
        return failed(source, error)


def failed(source: str, error: Exception) -> Result:
    """A fault of our own, or want of memory, as a row, so that the other documents go on."""
    if isinstance(error, MemoryError):
        detail = "needs more memory than it may take. Split it, or give a higher --memory-limit (MiB; 0: any)."
        return _refused(source, OUT_OF_MEMORY, detail)
    detail = f"{type(error).__name__}: {error}. Please report this as a bug of zhfacts."
    return _refused(source, "internal_error", detail)


def died(source: str, how: str) -> Result:
    """A document over which a worker process has died, as a row."""
    advice = "Run it alone with 1 job to see why; where memory ran out, split it or run fewer jobs."
    return _refused(source, WORKER_DIED, f"the worker process was lost over it ({how}). {advice}")


def _refused(source: str, reason: str, detail: str) -> Result:
    return Result(source, None, rejects=(Reject(source, None, "flow", None, None, reason, detail),))


def _read(source: str, found: tuple[Document | None, list[Reject]], settings: Settings, share: Share = WHOLE) -> Result:
    document, rejects = found
    if document is None:
        return Result(source, None, rejects=tuple(rejects))
    try:
        _check_length(document, settings)
        with cpu_time(document.characters, settings.cpu_limit):
            result = extract(document, settings, share)
    except TooSlow:
        return Result(source, None, rejects=(*rejects, _given_up(document, settings)))
    except TooMuch as error:
        return Result(source, None, rejects=(*rejects, *_refused(source, *error.args).rejects))
    assert result.document is not None  # noqa: S101  # extract() always returns the document it was given
    if share[0]:  # the first has the document's own rows
        return replace(result, document=replace(document, raw=b"", in_file=None, lines=()))
    return replace(
        result, document=replace(result.document, raw=b"", in_file=None), rejects=(*rejects, *result.rejects)
    )


def _check_length(document: Document, settings: Settings) -> None:
    """TooMuch for a document of more characters than it may have."""
    most, found = settings.max_characters, document.characters
    if 0 < most < found:
        raise TooMuch(TOO_LONG, f"{found} characters, more than {most}. Split it, or raise --max-characters.")


def _numbers(blocks: list[Block], wanted: range, most: int) -> list[list[Number]]:
    """The numbers of each block, none of those that are another's share; TooMuch once they are too many in all.

    `most` is how many a document may have (0: any number). The first share counts those of the others, too.
    """
    numbers, total = [], 0
    counts_all = wanted.start == 0 and 0 < most < sum(len(block.text) for block in blocks)
    for b, block in enumerate(blocks):
        found = find(block.text) if b in wanted or counts_all else []
        numbers.append(found if b in wanted else [])
        total += len(found)
        if 0 < most < total:
            raise TooMuch(TOO_MANY, f"more than {most} numbers. Split it, or raise --max-numbers.")
    return numbers


def _given_up(document: Document, settings: Settings) -> Reject:
    rules = "; look for a slow pattern in your --rules" if settings.overlay else ", and please report it"
    detail = (
        f"took more than {settings.cpu_limit:g} s of processor time for each million characters. "
        f"Try a higher --cpu-limit (0: none){rules}"
    )
    return Reject(document.source, None, "flow", None, None, TOO_SLOW, detail)


def extract(document: Document, settings: Settings, share: Share = WHOLE) -> Result:
    """All stages over a document that has been read, by the rules and the segmenter that were chosen."""
    with knowledge.using(settings.overlay), using(settings.segmenter), seldom_collected():
        return _extract(document, settings, share)


def _extract(document: Document, settings: Settings, share: Share) -> Result:
    """Roles, articles, date, title and short names are looked for in the whole document, the rest in the share."""
    document, blocks = lay_out(document, settings.roles)
    document = _described(document, settings)
    ours = part(document, blocks, share)
    numbers = _numbers(blocks, ours.blocks, settings.max_numbers)
    # blocks without sentences are passed over: what is carried from one to another stays within an article
    spans = [list(sentences(block.text)) if b in ours.blocks else [] for b, block in enumerate(blocks)]
    clock = Clock(document.published, context().present(blocks, [line.text for line in document.lines[:FIRST_LINES]]))
    linked = link(blocks, numbers, spans, clock)
    cells, heads = _tables(document, blocks, clock, linked.aliases, ours)
    found = (*_facts(document, blocks, spans, numbers, linked), *(fact for fact, _ in cells))
    named = [(blocks[b], m) for b in ours.blocks for m in linked.mentions[b] if not m.type.startswith("pronoun:")]
    named += heads
    subjects = [one.entity for block in linked.links for one in block if one.entity]
    subjects += [entity for _, entity in cells if entity]
    entities = rows.entities([*(m for _, m in named), *subjects], linked.aliases)
    kept, refused = keep_provable(document, found, fact_fault, {entity.entity_id for entity in entities})
    return Result(
        document.source,
        document,
        kept,
        entities,
        tuple(rows.mention_row(document, block, m) for block, m in named),
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


def _tables(
    document: Document, blocks: list[Block], clock: Clock, aliases: dict[str, Mention], ours: Part
) -> tuple[list[tuple[Fact, Mention | None]], list[tuple[Block, Mention]]]:
    """Facts of the cells of our tables with their entities, and the entities that headers name with their blocks."""
    found, named = [], []
    ask = Numbers(find, read_cell, cache(kind_of))
    for table in cut(document, blocks):
        first = next(block.origin.source[0] for block in table.blocks[2:] if block.origin.source)
        if document.line_at(first).number not in ours.lines:
            continue
        sheet, cells = Sheet(table, ask, clock, aliases), list(table.blocks)
        for b, number, told in sheet.claims():
            quote = document.line_at(cells[b].origin.source[0]).text.strip()
            found.append((rows.fact(document, cells, b, (number, told), quote), told.entity))
        named += [(cells[b], mention) for b, mention in sheet.named()]
    return found, named


def _described(document: Document, settings: Settings) -> Document:
    """The document with date, publisher and title: a date that we were told wins over its own."""
    heads = _heads(document)
    return replace(
        document,
        published=settings.published or _published(document),
        publisher=masthead().publisher(heads),
        title=masthead().title(heads),
    )


def _heads(document: Document) -> list[Head]:
    """The lines that may name the document or its publisher, as they stand and as read."""
    below = [line.text.lstrip().startswith(SUBTITLE) for line in document.lines[1:]]
    return [
        (line, normalise(line.text[:LONGEST_LINE])[0])
        for line, titled in zip(document.lines, [*below, False], strict=False)
        if line.role in ("heading", "furniture") or (titled and line.role == "body" and line.text.strip())
    ]


def _published(document: Document) -> date | None:
    """The date that the document's own lines name; only those with a year are looked at."""
    dated = (
        line.text for line in document.lines if "年" in line.text or "文章编号" in line.text or "日期" in line.text
    )
    return context().published([masthead().without_name(normalise(text[:LONGEST_LINE])[0]) for text in dated])
