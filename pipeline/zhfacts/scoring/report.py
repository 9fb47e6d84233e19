"""What `zhfacts score` found, as rows of a table, as Markdown and as JSON.

Example: the row for `value` says 0.983 for the core kinds, 310 right of 315, and the same for the extended ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from zhfacts.records import KINDS
from zhfacts.scoring.score import Report
from zhfacts.scoring.tally import SCOPES, Error

FIELDS: Final = (
    *("value", "bound", "change", "subject", "no subject", "attribute", "time", "no time", "whole fact"),
    *("basis", "kind", "event subject"),
)
"""Fields in the order in which they are told."""
LABELS: Final = {"event subject": "subject of a time"}
COUNTS: Final = ("found", "missed", "spurious")
SAMPLE: Final = "A sample of {drawn}: precision is over it; it cannot tell what was missed, so there is no recall."


@dataclass(frozen=True, slots=True)
class Figure:
    """A share, and of what: 0.983, 310 of 315; None where nothing was to be judged."""

    share: float | None
    right: int | None = None
    of: int | None = None


def figures(report: Report) -> dict[str, dict[str, Figure]]:
    """The figures by scope and name; of a sample without what it cannot tell."""
    return {scoped: dict(_scope(report, scoped)) for scoped in SCOPES}


def _scope(report: Report, scoped: str) -> Iterator[tuple[str, Figure]]:
    tally = report.tally
    found, missed, spurious = (tally.count(what, scoped) for what in COUNTS)
    yield "precision", _figure(found, found + spurious)
    if not report.gold.sampled:
        yield "recall", _figure(found, found + missed)
        yield "F1", Figure(_figure(2 * found, 2 * found + missed + spurious).share)
    for name in FIELDS:
        yield name, _figure(tally.right[scoped, name], tally.of[scoped, name])


def _figure(right: int, of: int) -> Figure:
    return Figure(right / of if of else None, right, of)


def rows(report: Report) -> list[tuple[str, str, str, str, str]]:
    """Name, and for either scope the share and what it is of, as text."""
    core, extended = (figures(report)[scoped] for scoped in SCOPES)
    return [(LABELS.get(name, name), *_told(core[name]), *_told(extended[name])) for name in core]


def _told(figure: Figure) -> tuple[str, str]:
    share = "–" if figure.share is None else f"{figure.share:.3f}"
    return share, f"{figure.right} of {figure.of}" if figure.of else "–"


def kinds(report: Report) -> list[tuple[str, int, int, int]]:
    """Kind, found, missed, spurious, of the kinds that occur."""
    counts = report.tally.kinds
    return [
        (kind, counts[kind]["found"], counts[kind]["missed"], counts[kind]["spurious"])
        for kind in KINDS
        if kind in counts
    ]


def about(report: Report) -> list[str]:
    """What was scored, in sentences."""
    others = f"; {many(report.others, 'document')} without annotation left out" if report.others else ""
    said = f"{many(report.documents, 'document')}, {many(report.annotations, 'annotation')}"
    told = [f"{said} ({report.optional} optional){others}"]
    if report.gold.sampled:
        refused = len(report.gold.refused)
        told += [SAMPLE.format(drawn=many(report.annotations + refused, "fact"))]
        told += [f"{refused} refused; {report.untouched} neither marked nor changed, which count as right."]
    return told


def many(number: int, what: str) -> str:
    """A number and its word: 1 document, 2 documents."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def sentence(error: Error) -> str:
    """An error in one line: 101.txt:16 value 1.3万亿元: wanted 1300000000000 CNY, got 1.3 CNY."""
    wanted, got = (text if text is not None else "nothing" for text in (error.wanted, error.got))
    return f"{error.document}:{error.line} {error.field} {error.surface}: wanted {wanted}, got {got}"


def markdown(report: Report, errors: int) -> str:
    """All of it as Markdown."""
    parts = [*about(report), "", "| | core | of | extended | of |", "| --- | --- | --- | --- | --- |"]
    parts += [f"| {' | '.join(row)} |" for row in rows(report)]
    parts += ["", f"| kind | {' | '.join(COUNTS)} |", "| --- | --- | --- | --- |"]
    parts += [f"| {' | '.join(map(str, row))} |" for row in kinds(report)]
    shown = report.tally.errors[:errors]
    parts += ["", *(f"- {_escaped(sentence(error))}" for error in shown)] if shown else []
    return "\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#~" else c for c in " ".join(text.split()))


def as_json(report: Report, errors: int) -> str:
    """All of it as a JSON document."""
    found: dict[str, Any] = {
        "gold": list(report.gold.files),
        "sample": report.gold.sampled,
        "documents": report.documents,
        "documents_without_annotation": report.others,
        "annotations": report.annotations,
        "optional": report.optional,
        **({"refused": len(report.gold.refused), "untouched": report.untouched} if report.gold.sampled else {}),
        **{scoped: {name: asdict(each) for name, each in told.items()} for scoped, told in figures(report).items()},
        "kinds": {kind: dict(zip(COUNTS, counts, strict=True)) for kind, *counts in kinds(report)},
        "errors": [asdict(error) for error in report.tally.errors[:errors]],
        "notes": report.notes,
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
