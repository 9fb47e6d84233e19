"""From numbers and links to facts: rows with their places in the document. One Fact for each number."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from zhfacts.documents import Block, Document, Line, encode
from zhfacts.records import Entity, EntityMention, Fact, Link, Mention, Number

NAMES = 1 << 14
"""Names whose ids are kept."""
EXACT_DIGITS = 26
EXACT_PLACES = 12
"""`exact` is decimal128(38, 12): so many digits before and behind the point."""


class Place(NamedTuple):
    """A span of the document in every way of counting: characters, lines and columns, bytes."""

    start: int
    end: int
    first: Line
    last: Line
    byte_start: int
    byte_end: int

    def columns(self) -> tuple[int, int]:
        """Column of the first character, and one past that of the last."""
        return self.start - self.first.start, self.end - self.last.start


def place(document: Document, block: Block, start: int, end: int) -> Place:
    """Where [start, end) of a block's text lies in the document."""
    first, last = block.origin.span(start, end)
    line = last_line = document.line_at(first)
    if last > line.start + len(line.text):
        last_line = document.line_at(last - 1)
    ends = last_line.start + len(last_line.text)
    byte_start = document.byte_in(line, first)
    if last >= ends:
        byte_end = last_line.byte_end
    elif last_line is line:
        byte_end = byte_start + len(encode(line.text[first - line.start : last - line.start], document.encoding))
    else:
        byte_end = document.byte_in(last_line, last)
    return Place(first, last, line, last_line, byte_start, byte_end)


def surface(document: Document, block: Block, start: int, end: int) -> str:
    """The words exactly as they stand, line breaks between them included, page furniture between them left out."""
    return _surface(document, block, (start, end), place(document, block, start, end))


def _surface(document: Document, block: Block, span: tuple[int, int], at: Place) -> str:
    if at.first.number == at.last.number:
        return at.first.text[at.start - at.first.start : at.end - at.first.start]
    kept = _lines(document, block, *span)
    parts = []
    for k, line in enumerate(kept):
        left = at.start - line.start if k == 0 else 0
        right = at.end - line.start if k == len(kept) - 1 else len(line.text)
        parts.append(line.text[left:right])
        if k < len(kept) - 1:
            parts.append(_between(document, line, kept[k + 1]))
    return "".join(parts)


def words(document: Document, block: Block, start: int, end: int) -> str:
    """The words as a reader says them: line breaks and the white space around them undone."""
    return _words(document, block, (start, end), place(document, block, start, end))


def _words(document: Document, block: Block, span: tuple[int, int], at: Place) -> str:
    if at.first is at.last:
        return at.first.text[at.start - at.first.start : at.end - at.first.start]
    parts: list[str] = []
    kept = _lines(document, block, *span)
    for k, line in enumerate(kept):
        left = at.start - line.start if k == 0 else 0
        right = at.end - line.start if k == len(kept) - 1 else len(line.text)
        part = line.text[left:right].strip() if len(kept) > 1 else line.text[left:right]
        if k and _is_spaced(block, line):
            parts.append(" ")
        parts.append(part)
    return "".join(parts)


def _wording(document: Document, block: Block, span: tuple[int, int], at: Place) -> str:
    """The document's characters of a phrase, without the spaces between letters that reading leaves out: 产 业."""
    start, end = span
    if at.first is at.last and at.end - at.start == end - start:
        return at.first.text[at.start - at.first.start : at.end - at.first.start]
    parts: list[str] = []
    while start < end:
        source, stop = block.origin.run(start, end)
        line = document.line_at(source)
        column = source - line.start
        part = line.text[column : column + stop - start] or " "  # a line end that stands for a space
        parts.append(part)
        start += len(part)
    return "".join(parts)


def _is_spaced(block: Block, line: Line) -> bool:
    """Whether layout put a space where this line goes on: between two Latin words, not inside of one."""
    k = bisect_left(block.origin.source, line.start)
    at = block.origin.logical[k] if k < len(block.origin.logical) else 0
    return block.text[at - 1 : at] == " "


def _lines(document: Document, block: Block, start: int, end: int) -> list[Line]:
    """The lines of the block that hold [start, end) of its text, in order."""
    sources = block.origin.source
    first = bisect_right(block.origin.logical, start) - 1
    last = bisect_right(block.origin.logical, end - 1)
    found = dict.fromkeys(document.line_at(s).number for s in sources[first:last])
    return [document.lines[n - 1] for n in found]


def _between(document: Document, above: Line, below: Line) -> str:
    """The line ends and blank lines between two lines of a block; lines of other matter are left out."""
    text = document.end_of(above)
    for line in document.lines[above.number : below.number - 1]:
        if not line.text.strip():
            text += line.text + document.end_of(line)
    return text


def fact(document: Document, blocks: list[Block], b: int, claim: tuple[Number, Link], quote: str) -> Fact:
    """The fact of one number and its link; `quote` is its sentence."""
    block, (number, link) = blocks[b], claim
    at = place(document, block, number.start, number.end)
    return Fact(
        fact_id=_digest(document.doc_id, at.byte_start, at.byte_end, number.kind),
        doc_id=document.doc_id,
        source=document.source,
        surface=_surface(document, block, (number.start, number.end), at),
        quote=quote,
        page=at.first.page,
        article=document.article_of(at.first),
        heading=document.heading_of(at.first),
        **_position(document, at),
        **_quantity(number, link),
        **_linked(document, blocks, link),
    )


def _position(document: Document, at: Place) -> dict[str, Any]:
    """The columns that say where the number stands."""
    col_start, col_end = at.columns()
    origin_start, origin_end = document.origin_of(at.start, at.end)
    return {
        "line_start": at.first.number,
        "line_end": at.last.number,
        "col_start": col_start,
        "col_end": col_end,
        "byte_start": at.byte_start,
        "byte_end": at.byte_end,
        "start": at.start,
        "end": at.end,
        "origin_start": origin_start,
        "origin_end": origin_end,
    }


def _quantity(number: Number, link: Link) -> dict[str, Any]:
    """The columns that say how much: MeasEval's quantity."""
    value, low, high = (number.value, number.low, number.high) if number.when is None else _years(number)
    size = None if value is None or link.change is None else abs(float(value))
    return {
        "kind": number.kind,
        "value": _float(value),
        "low": _float(low),
        "high": _float(high),
        "exact": _exact(value),
        "ratio": _float(_ratio(number, link)),
        "unit": number.unit,
        "unit_ucum": number.ucum,
        "currency": number.currency,
        "per_unit": number.per_unit,
        "bound": number.bound,
        "delta": size if size is None or link.change == "up" else -size,
        "rule": number.rule,
        "shared": number.shared,
    }


def _linked(document: Document, blocks: list[Block], link: Link) -> dict[str, Any]:
    """The columns that say of whom, of what, which way and when: MeasEval's entity and property."""
    subject, attribute = _subject(document, blocks, link), _attribute(document, blocks, link)
    found: dict[str, Any] = {name: getattr(link, name) for name in COPIED}
    found["subject_id"] = entity_id(link.entity) if link.entity and subject else None
    for name, said in (("subject", subject), ("attribute", attribute)):
        text, at = said or (None, None)
        found[name] = text
        found[f"{name}_line"] = at.first.number if at else None
        found[f"{name}_byte_start"] = at.byte_start if at else None
        found[f"{name}_byte_end"] = at.byte_end if at else None
    if link.basis_at:
        found["basis"] = _phrase(document, blocks, link.basis_at)[0]
    source, at = _phrase(document, blocks, link.source_at) if link.source_at else (None, None)
    found["attributed_to"], found["attributed_line"] = source, at.first.number if at else None
    return found


COPIED = (
    "modality",
    "statistic",
    "change",
    "comparison",
    "basis",
    "when",
    "date_start",
    "date_end",
    "date_from",
    "reference",
    "period_start",
    "period_end",
    "period_from",
    "link_rule",
    "link_score",
)
"""Columns that a link has under the same name."""


def _phrase(document: Document, blocks: list[Block], words_at: tuple[int, int, int]) -> tuple[str, Place]:
    """Words of a block as the document writes them, and where they stand."""
    b, start, end = words_at
    at = place(document, blocks[b], start, end)
    return _wording(document, blocks[b], (start, end), at), at


def _subject(document: Document, blocks: list[Block], link: Link) -> tuple[str, Place] | None:
    """The entity in the document's words, and where they stand; a pronoun gives the name it stands for."""
    if link.entity is None or link.subject_at is None:
        return None
    said, at = _phrase(document, blocks, link.subject_at)
    return (link.entity.name if link.entity.pronoun else said).strip("《》"), at


def _attribute(document: Document, blocks: list[Block], link: Link) -> tuple[str, Place] | None:
    return _phrase(document, blocks, link.attribute_at) if link.attribute_at else None


def _ratio(number: Number, link: Link) -> Decimal | None:
    """New level over base of a multiple: 增长1倍 -> 2, 增至3倍 -> 3, 是…的1.3倍 -> 1.3, 翻两番 -> 4."""
    if number.kind != "multiple" or number.ratio is not None or number.value is None:
        return number.ratio
    return number.value + 1 if link.change == "up" else number.value


def _years(number: Number) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """(value, low, high) of a year or a span of years; a date finer than a year has none of them."""
    assert number.when is not None  # noqa: S101  # callers ask for times only
    first, last = number.when.first[0], number.when.last[0]
    if number.kind != "year" or first is None or last is None:
        return None, None, None
    return (Decimal(first), None, None) if first == last else (None, Decimal(first), Decimal(last))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _exact(value: Decimal | None) -> Decimal | None:
    """The value without binary rounding, where decimal128(38, 12) can hold it."""
    if value is None or value.adjusted() >= EXACT_DIGITS:
        return None
    rounded = value.quantize(Decimal(1).scaleb(-EXACT_PLACES)) if value.adjusted() + EXACT_PLACES < 28 else value
    return value if rounded == value else None


def _digest(*parts: object) -> str:
    """Sixteen hex digits over the parts: the same place and kind give the same id on every machine."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def entity_id(mention: Mention) -> str:
    """Id of the entity a mention stands for: one for all documents, by type and name."""
    return _entity_id(mention.type, mention.name)


@lru_cache(NAMES)
def _entity_id(sort: str, name: str) -> str:
    return _digest("entity", sort, name)


def entities(found: Iterable[Mention], aliases: dict[str, Mention]) -> tuple[Entity, ...]:
    """The entities of a document, each once, with the short names it introduces."""
    by_id: dict[str, Mention] = {}
    for mention in found:
        by_id.setdefault(entity_id(mention), mention)
    short: dict[str, list[str]] = {}
    for alias, full in aliases.items():
        short.setdefault(entity_id(full), []).append(alias)
    return tuple(Entity(i, m.name, m.type, tuple(sorted(short.get(i, []))), m.iso) for i, m in sorted(by_id.items()))


def mention_row(document: Document, block: Block, mention: Mention) -> EntityMention:
    """The row of a mention."""
    at = place(document, block, mention.start, mention.end)
    col_start, col_end = at.columns()
    return EntityMention(
        entity_id(mention), document.doc_id, document.source, at.first.number, at.last.number, col_start, col_end,
        at.byte_start, at.byte_end, _surface(document, block, (mention.start, mention.end), at),
    )  # fmt: skip
