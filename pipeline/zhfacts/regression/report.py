"""What changed as rows of tables, as sentences, as Markdown and as JSON.

Example: "2:13 5784亿元 (money): subject 甲公司 → 乙公司".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from zhfacts.plain import as_json as written
from zhfacts.regression import baseline
from zhfacts.regression.diff import Change, Report, where

WHATS: Final = ("added", "removed", "changed", "moved")
SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "moved": ">", "more": "…"}
"""How a terminal shows what happened."""
_MARKDOWN: Final = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|~#"})


def headline(report: Report) -> str:
    """All in one sentence."""
    counts = report.counts
    if not report.changes:
        return f"Nothing changed: {_many(report.same)} as before."
    told = ", ".join(f"{counts[what]:,} {what}" for what in WHATS if counts[what])
    return f"{told}; {_many(report.same)} as before."


def documents(report: Report) -> list[tuple[str, ...]]:
    """A row for each document that changed: its source, and how many facts were added, removed, changed, moved."""
    rows = []
    for source, changes in report.documents.items():
        whats = [change.what for change in changes]
        rows.append((source, *(str(whats.count(what)) for what in WHATS)))
    return rows


def fields(report: Report) -> list[tuple[str, str]]:
    """A row for each column that changed: its name, and in how many facts."""
    return [(name, str(count)) for name, count in sorted(report.fields.items(), key=lambda one: (-one[1], one[0]))]


def sentences(changes: list[Change], most: int) -> list[tuple[str, str]]:
    """What happened and to what, for each fact that was added, removed or changed, and for all that have only moved."""
    told = [change for change in changes if change.what != "moved"]
    lines = [(change.what, _sentence(change)) for change in told[:most]]
    if len(told) > most:
        lines.append(("more", f"{len(told) - most}; --most shows more, --format json all"))
    if moved := [change for change in changes if change.what == "moved"]:
        _, old, new = moved[0].fields[0]
        lines.append(("moved", f"{_many(len(moved))}, the first from {old} to {new}"))
    return lines


def _many(count: int) -> str:
    return f"{count:,} fact{'' if count == 1 else 's'}"


def _sentence(change: Change) -> str:
    row = change.row
    said = "; ".join(f"{name} {_told(name, a)} → {_told(name, b)}" for name, a, b in change.fields)
    return f"{where(row)} {row['surface']} ({row['kind']}){f': {said}' if said else _about(row)}"


def _about(row: baseline.Row) -> str:
    """Of whom and of what a fact is, that is there or is gone."""
    words = [str(row[name]) for name in ("subject", "attribute") if name in row]
    return f": {' · '.join(words)}" if words else ""


def _told(name: str, value: object) -> str:
    return str(baseline.USUAL.get(name, "(none)") if value is None else value)


def markdown(report: Report, most: int) -> str:
    """The report for a pull request or the summary of a job."""
    parts = [f"# Changes of facts\n\n{headline(report)}\n"]
    if report.changes:
        parts.append(_table(("document", *WHATS), documents(report)))
        parts.append(_table(("column", "facts"), fields(report)) if report.fields else "")
    for source, changes in report.documents.items():
        lines = "".join(f"- {what}: {_safe(line)}\n" for what, line in sentences(changes, most))
        parts.append(f"## {_safe(source)}\n\n{lines}")
    return "\n".join(part for part in parts if part)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"| --- |{' --: |' * (len(header) - 1)}"]
    lines += [f"| {_safe(first)} | {' | '.join(rest)} |" for first, *rest in rows]
    return "\n".join(lines) + "\n"


def _safe(text: str) -> str:
    """A document's words as Markdown shows them, whatever signs they hold."""
    return " ".join(text.translate(_MARKDOWN).split())


def as_json(report: Report) -> str:
    """Everything, for a program."""
    counts = {**{what: report.counts[what] for what in WHATS}, "same": report.same}
    found = {source: list(map(_as_json, changes)) for source, changes in report.documents.items()}
    told = {"counts": counts, "fields": dict(report.fields), "columns": list(report.columns), "documents": found}
    return written(told, indent=2) + "\n"


def _as_json(change: Change) -> dict[str, Any]:
    row = {name: value for name, value in change.row.items() if name not in ("near", "source")}
    return {"what": change.what, "fields": {name: [a, b] for name, a, b in change.fields}, "fact": row}
