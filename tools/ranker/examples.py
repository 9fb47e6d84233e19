"""Examples to fit from: for every annotated number the candidates that linking sees, and which of them are right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from zhfacts import flow, knowledge
from zhfacts.documents import Block, Document
from zhfacts.facts import words
from zhfacts.layout.blocks import lay_out, sentences
from zhfacts.link.context import FIRST_LINES, context
from zhfacts.link.dates import Clock
from zhfacts.link.linker import link
from zhfacts.link.ranker import Seen, features_of, watching
from zhfacts.numbers.scan import find
from zhfacts.read import from_text
from zhfacts.records import TIME_KINDS, Number
from zhfacts.scoring.annotations import Annotation
from zhfacts.scoring.fields import alike, bare, basis_right, subject_right, time_right
from zhfacts.scoring.gold import read
from zhfacts.scoring.pages import Page
from zhfacts.scoring.tally import overlap, scope

NEARLY = 0.15
"""How far in shared characters below the best wording of a property another is still learnt from."""
FORCED = frozenset({"each", "bracket"})
"""Mechanisms that decide without the ranker."""
HALF = 0.5
ASKED = {"subjects": "subject", "properties": "attribute", "bases": "basis", "periods": "period"}


@dataclass(frozen=True)
class Example:
    """One number: its article, what is asked, the features of each candidate, and which are right."""

    group: str
    what: str
    scope: str
    number: Number
    candidates: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    """Those to learn from."""
    good: frozenset[int]
    """Those that scoring takes."""
    place: str
    said: tuple[str, ...]
    ours: bool = True
    """Whether we wrote the text: words are learnt from no other."""


@dataclass(frozen=True)
class _Text:
    """An annotated text as linking reads it."""

    document: Document
    blocks: list[Block]
    gold: Sequence[Annotation]
    name: str

    def said(self, block: int, start: int, end: int) -> str:
        return words(self.document, self.blocks[block], start, end)


def of_text(text: str, gold: Sequence[Annotation], name: str, day: date | None = None) -> Iterator[Example]:
    """The examples of one annotated text."""
    document, blocks = lay_out(from_text(text))
    document = flow._described(document, flow.Settings(published=day))
    found = [find(block.text) for block in blocks]
    clock = Clock(document.published, context().present(blocks, [line.text for line in document.lines[:FIRST_LINES]]))
    with watching() as seen:
        linked = link(blocks, found, [list(sentences(b.text)) for b in blocks], clock)
    pairs = ((b, zip(found[b], row, strict=True)) for b, row in enumerate(linked.links))
    forced = {id(number) for _, row in pairs for number, one in row if one.link_rule in FORCED}
    page = Page({line.number: line.text for line in document.lines})
    spans = [(page.span(g.line, g.text, g.occ), g) for g in gold]
    whole = _Text(document, blocks, gold, name)
    for choice in seen:
        span = blocks[choice.block].origin.span(choice.number.start, choice.number.end)
        record = next((g for place, g in spans if place and overlap(place, span) >= HALF), None)
        if record and not record.optional and id(choice.number) not in forced:
            yield from _example(whole, choice, record, f"{name}.{blocks[choice.block].article}")


def _example(whole: _Text, choice: Seen, record: Annotation, group: str) -> Iterator[Example]:
    time = choice.number.kind in TIME_KINDS
    sort = "event" if time else scope(record.kind) if record.kind else "ext"
    if choice.what == "subjects" and (record.subject or not time):
        said, good = _subjects(whole, choice.candidates, record)
        right, none = good, record.subject is None
    elif choice.what == "properties" and record.attribute:
        said, good, right = _properties(whole, choice.candidates, record)
        none = False
    elif choice.what == "bases":
        said, good, right = _bases(choice.candidates, record)
        none = record.basis is None
    elif choice.what == "periods":
        said, good = _periods(choice.candidates, record)
        right, none = good, record.time is None
    else:
        return
    features = tuple(features_of(c) for c in choice.candidates)
    place = f"{group}:{record.line} {record.text} {record.occ}"
    sort += " none" if none else ""
    yield Example(group, choice.what, sort, choice.number, features, frozenset(right), frozenset(good), place, said)


def _subjects(whole: _Text, told: Sequence[Any], record: Annotation) -> tuple[tuple[str, ...], set[int]]:
    said = tuple(_named(whole, c.topic) for c in told)
    if record.subject is None:
        return said, {k for k, c in enumerate(told) if c.topic is None}
    others = {g.subject for g in whole.gold if g.subject}
    return said, {k for k, name in enumerate(said) if subject_right(record, {"subject": name}, others)}


def _named(whole: _Text, topic: Any) -> str:
    if topic is None:
        return ""
    name = topic.mention.name if topic.mention.pronoun else whole.said(*topic.place)
    return str(name).strip("《》")


def _properties(whole: _Text, told: Sequence[Any], record: Annotation) -> tuple[tuple[str, ...], set[int], set[int]]:
    said = tuple("" if c.span is None else whole.said(c.block, *c.span) for c in told)
    accepted = [record.attribute or "", *record.attribute_alt]
    good = {k for k, text in enumerate(said) if alike(text, accepted)}
    shares = {k: max(_shared(said[k], word) for word in accepted) for k in good}
    best = max(shares.values(), default=0.0)
    return said, good, {k for k in good if shares[k] >= best - NEARLY}


def _bases(told: Sequence[Any], record: Annotation) -> tuple[tuple[str, ...], set[int], set[int]]:
    said = tuple(c.said or "" for c in told)
    if record.basis is None:
        none = {k for k, text in enumerate(said) if not text}
        return said, none, none
    good = {k for k, text in enumerate(said) if basis_right(record, {"basis": text})}
    shares = {k: _shared(said[k], record.basis) for k in good}
    return said, good, {k for k in good if shares[k] == max(shares.values())}


def _shared(said: str, wanted: str) -> float:
    a, b = Counter(bare(said)), Counter(bare(wanted))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _periods(told: Sequence[Any], record: Annotation) -> tuple[tuple[str, ...], set[int]]:
    said = tuple(f"{c.period.start}/{c.period.end}" for c in told)
    rows = [{"period_start": c.period.start, "period_end": c.period.end} for c in told]
    if record.time is None:
        return said, {k for k, row in enumerate(rows) if row["period_start"] is None}
    return said, {k for k, row in enumerate(rows) if time_right(record, row)}


def of_folder(folders: Sequence[Path], golds: Iterable[Path]) -> Iterator[Example]:
    """Examples of all documents of some folders that are annotated."""
    by_doc: dict[str, list[Annotation]] = defaultdict(list)
    for path in golds:
        for record in read(path).annotations:
            by_doc[record.doc].append(record)
    for doc, records in sorted(by_doc.items()):
        path = next(path for folder in folders for path in folder.glob(f"{doc}_*.txt"))
        yield from of_text(path.read_text(encoding="utf-8-sig"), records, doc)


def of_lines(path: Path, gold: Path) -> Iterator[Example]:
    """Examples of a file of which each line is a text by itself."""
    by_line: dict[int, list[Annotation]] = defaultdict(list)
    for record in read(gold).annotations:
        by_line[record.line].append(replace(record, line=1))
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, records in sorted(by_line.items()):
        yield from of_text(lines[number - 1], records, f"{path.stem[:3]}:{number}")


def of_corpora() -> Iterator[Example]:
    """Examples of rules/link: what each says of the subject, property and period of its number."""
    for module, file in knowledge.corpora().items():
        if module.startswith("link/") and module != "link/tables":
            for n, row in enumerate(knowledge.load(file).get("example", [])):
                if "match" in row and set(ASKED.values()) & set(row):
                    yield from _of_row(row, f"{module}:{n}")


def _of_row(row: dict[str, Any], name: str) -> Iterator[Example]:
    before = row["text"][: row["text"].index(row["match"])]
    record = Annotation(
        where=name, doc=name, line=before.count("\n") + 1, text="".join(row["match"].split()), occ=1, kind="",
        value=None, unit="", bound="=", change=None, basis=row.get("basis") or None,
        subject=row.get("subject") or None, subject_alt=(),
        attribute=row.get("attribute") or None, attribute_alt=(), time=row.get("period") or None, optional=False,
    )  # fmt: skip
    day = date.fromisoformat(row["published"]) if "published" in row else None
    yield from (e for e in of_text(row["text"], [record], name, day) if ASKED[e.what] in row)
