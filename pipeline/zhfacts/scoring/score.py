"""The tables of a run held against annotation: all that `zhfacts score` tells.

Example: `score(Path("outputs"), info, Path("gold")).tally.right["core", "value"]`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhfacts.errors import InputError
from zhfacts.scoring import gold as annotated
from zhfacts.scoring.annotations import FIELDS, Annotation
from zhfacts.scoring.fields import Row
from zhfacts.scoring.gold import Gold
from zhfacts.scoring.match import match
from zhfacts.scoring.pages import Page, Span
from zhfacts.scoring.sample import annotation_of
from zhfacts.scoring.tally import Case, Tally, add, overlap, placed
from zhfacts.scoring.times import interval
from zhfacts.tables.frames import records


@dataclass
class Report:
    """What came of it."""

    gold: Gold
    tally: Tally = field(default_factory=Tally)
    documents: int = 0
    """Documents that were scored."""
    others: int = 0
    """Documents of the run for which there is no annotation."""
    annotations: int = 0
    optional: int = 0
    untouched: int = 0
    """Of a sample: rows that were neither marked nor changed."""
    notes: list[str] = field(default_factory=list)
    """What the user should look at."""


def score(out: Path, info: dict[str, Any], path: Path) -> Report:
    """Score the tables in `out`; InputError for annotation that cannot be used or is of none of their documents."""
    gold = annotated.read(path)
    report = Report(gold, notes=list(gold.notes))
    documents = records(out, "documents", info)
    docs = _matched(gold, documents, report)
    ids = sorted(set(docs.values()))
    facts, lines = _grouped(records(out, "facts", info, ids)), _grouped(records(out, "lines", info, ids))
    mine: dict[str, list[Annotation]] = defaultdict(list)
    for each in gold.annotations:
        if each.doc in docs:
            mine[docs[each.doc]].append(each)
    names = {row["doc_id"]: row["source"] for row in documents}
    for doc_id in sorted(ids, key=names.__getitem__):
        page = Page({row["line"]: row["text"] for row in lines[doc_id]})
        said = [(each, _span(page, names[doc_id], each, facts[doc_id], report)) for each in mine[doc_id]]
        spans = [span for doc in docs if docs[doc] == doc_id for span in gold.lines.get(doc, ())]
        case = _case(names[doc_id], gold, said, placed(page, facts[doc_id]), spans)
        _note(case, page, report)
        add(report.tally, case)
    report.documents, report.others = len(ids), len(documents) - len(ids)
    if gold.sampled and report.untouched == report.annotations and not gold.refused:
        report.notes.append(f"{gold.files[0]}: no row is marked or changed, so the figures say nothing yet")
    report.tally.errors.sort(key=lambda error: (error.document, error.line))
    return report


def _matched(gold: Gold, documents: Sequence[Row], report: Report) -> dict[str, str]:
    """The doc_id of each `doc` of the annotation; those that are not there are noted."""
    found: dict[str, str] = {}
    for doc in gold.lines:
        row = match(doc, documents)
        if row:
            found[doc] = row["doc_id"]
        else:
            of = [each.where for each in gold.annotations if each.doc == doc] or list(gold.files)
            report.notes.append(f"{of[0]}: no document {doc!r} in the tables, so left out ({len(of)} annotations)")
    if gold.lines and not found:
        example = documents[0]["source"] if documents else "(none)"
        raise InputError(f"{report.notes[-1]}; `doc` is the beginning of a file's name or its source, e.g. {example}")
    return found


def _grouped(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["doc_id"]].append(row)
    return found


def _span(page: Page, source: str, said: Annotation, facts: Iterable[Row], report: Report) -> Span:
    """Where an annotation stands; that of a sampled fact, unless its words were corrected, where the fact does."""
    for fact in facts:
        if fact["fact_id"] == said.fact_id:
            as_found = annotation_of(fact, page)
            if (as_found.line, as_found.text, as_found.occ) == (said.line, said.text, said.occ):
                return placed(page, [fact])[0][1]
    span = page.span(said.line, said.text, said.occ)
    if span is None:
        raise InputError(
            f"{said.where}: {said.text!r} is not found from line {said.line} of {source} on (occurrence {said.occ}); "
            "correct line, text or occ"
        )
    if page.line_of(span[0]) != said.line:
        report.notes.append(f"{said.where}: {said.text!r} stands on line {page.line_of(span[0])}, not {said.line}")
    return span


def _case(
    source: str,
    gold: Gold,
    said: list[tuple[Annotation, Span]],
    facts: list[tuple[Row, Span]],
    lines: Sequence[tuple[int, int]],
) -> Case:
    """The facts of a document that are to be held against its annotation: on its lines, or those that were drawn."""
    if not gold.sampled:
        scored = [each for each in facts if any(a <= each[0]["line_start"] <= b for a, b in lines)]
        return Case(source, said, scored)
    there = {fact["fact_id"] for fact, _ in facts}
    drawn = {each.fact_id for each, _ in said} | gold.refused.keys()
    gone = [span for each, span in said if each.fact_id not in there]
    scored = [
        (fact, span)
        for fact, span in facts
        if fact["fact_id"] in drawn or any(overlap(span, other) > 0 for other in gone)
    ]
    return Case(source, said, scored, gold.refused.keys())


def _note(case: Case, page: Page, report: Report) -> None:
    """Count what was said of a document, and note what looks like a slip."""
    report.annotations += len(case.annotations)
    report.optional += sum(said.optional for said, _ in case.annotations)
    twice = Counter(span for _, span in case.annotations)
    for said, span in case.annotations:
        if twice[span] > 1:
            report.notes.append(f"{said.where}: {said.text!r} is annotated {twice[span]} times; keep one of them")
    report.notes += [note for said, _ in case.annotations for note in _slips(said)]
    if report.gold.sampled:
        found = {fact["fact_id"]: fact for fact, _ in case.facts}
        report.untouched += sum(_untouched(said, found, page, report.gold) for said, _ in case.annotations)
        for said, _ in case.annotations:
            if said.fact_id not in found:
                report.notes.append(f"{said.where}: fact {said.fact_id} is not in the tables any more")


def _slips(said: Annotation) -> Iterator[str]:
    """Times that cannot be read, and are therefore not judged."""
    times = {"time": said.time, "value": said.value if said.timed and not (said.value or "").startswith("-") else None}
    for name, text in times.items():
        if text and interval(text) is None:
            yield f"{said.where}: {name} {text!r} is no time like 2024, 2024-03 or 2018/2022, so it is not judged"


def _untouched(said: Annotation, facts: Mapping[str, Row], page: Page, gold: Gold) -> bool:
    """Whether a row of a sheet is as it was written."""
    if said.fact_id is None or said.fact_id in gold.marked or said.fact_id not in facts:
        return False
    as_found = annotation_of(facts[said.fact_id], page)
    return all(getattr(said, name) == getattr(as_found, name) for name in FIELDS)
