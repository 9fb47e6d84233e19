"""Examples held against the rules they stand beside, ours in the tests and a user's in `zhfacts rules check`.

Example: `{"text": "出口增长8.7%", "match": "8.7%", "value": "8.7"}` asks that 8.7% is found there, with its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from zhfacts import flow, knowledge
from zhfacts.errors import RuleError
from zhfacts.knowledge import Overlay
from zhfacts.layout.normalise import normalise
from zhfacts.layout.roles import roles
from zhfacts.link.mentions import mentions
from zhfacts.records import Fact
from zhfacts.rulefile import File, near, place

Example = dict[str, Any]
OF_DOCUMENT: Final = ("published", "publisher", "title")
"""What an example without `match` may say of its document."""
KEYS: Final = {
    "example": {"text", "match", "rule", "value", "low", "high", "kind", "bound", "currency", "per_unit", "when"}
    | {"count", "vague", "change", "comparison", "basis", "subject", "attribute", "date", "period", "mentions"}
    | {"unit", "unit_ucum", "ratio", "delta", "modality", "statistic", "attributed_to", *OF_DOCUMENT},
    "nothing": {"text", "rule"},
    "line": {"text", "role", "rule"},
    "page": {"text", "roles"},
}
MOST: Final = 5
"""Examples of ours that are named where an overlay changes them."""


@dataclass
class Report:
    """What a check of an overlay found: what holds, what to know, and what is wrong."""

    held: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def shape_fault(module: str, table: str, row: object) -> str | None:
    """What is wrong with the form of an example, if anything."""
    if table not in KEYS:
        return f"unknown table [[{table}]]: {near(table, KEYS, 'tables')}"
    if not isinstance(row, dict):
        return f"[{table}] must be written [[{table}]], once for each example"
    unknown = next((key for key in row if key not in KEYS[table]), None)
    if unknown:
        return f"unknown key {unknown!r} in [[{table}]]: {near(unknown, KEYS[table], 'keys')}"
    wanted = {"line": ["role"], "page": ["roles"], "nothing": []}.get(table, ["match", *OF_DOCUMENT])
    wanted = {"layout/normalise": ["match"], **{key: ["mentions"] for key in _OF_NAMES}}.get(module, wanted)
    if not isinstance(row.get("text"), str) or (wanted and not any(key in row for key in wanted)):
        return f"[[{table}]] needs 'text'{' and ' if wanted else ''}{' or '.join(map(repr, wanted))}: add it"
    return None


def faults(module: str, table: str, row: Example, over: Overlay | None = None) -> list[str]:
    """What is wrong with an example; empty where all is as it says."""
    with knowledge.using(over):
        if table in _OF_LINES:
            return _OF_LINES[table](row)
        if module in _OF_MODULES:
            return _OF_MODULES[module](row)
    if table == "example" and "match" not in row:
        return _document_faults(row, over)
    facts = _facts(row, over)
    if table == "nothing":
        return [f"found {f.surface} ({f.rule})" for f in facts]
    return _fact_faults(row, facts)


def _line_faults(row: Example) -> list[str]:
    found = roles().of_line(row["text"])
    return [f"role {found}"] if (found.role, found.rule) != (row["role"], row.get("rule", "")) else []


def _page_faults(row: Example) -> list[str]:
    """Roles of a page's lines, blank ones left out, against those that the example lists."""
    lines = row["text"].splitlines()
    found = [a.role for a, line in zip(roles().of_lines(lines), lines, strict=True) if line.strip()]
    return [] if found == row["roles"] else [f"roles {found}"]


def _normal_faults(row: Example) -> list[str]:
    return [f"read as {normalise(row['text'])[0]}"] if normalise(row["text"])[0] != row["match"] else []


def _mention_faults(row: Example) -> list[str]:
    named = [row["text"][m.start : m.end] for m in mentions().find([row["text"]])[0][0]]
    return [f"mentions {named}"] if named != row["mentions"] else []


_OF_LINES: Final = {"line": _line_faults, "page": _page_faults}
_OF_NAMES: Final = ("link/mentions", "link/persons")
_OF_MODULES: Final = {"layout/normalise": _normal_faults, **dict.fromkeys(_OF_NAMES, _mention_faults)}


def _document_faults(row: Example, over: Overlay | None) -> list[str]:
    document = flow.extract_text(row["text"], flow.Settings(overlay=over)).document
    got = {key: str(getattr(document, key) or "") for key in OF_DOCUMENT}
    return [f"{key} {got[key]!r}, not {row[key]!r}" for key in OF_DOCUMENT if key in row and got[key] != row[key]]


def _facts(row: Example, over: Overlay | None) -> list[Fact]:
    published = row.get("published")
    # A date in the text must be read from the text; `date` and `period` say what comes of it.
    day = date.fromisoformat(published) if published and published[:4] not in row["text"] else None
    return list(flow.extract_text(row["text"], flow.Settings(published=day, overlay=over)).facts)


def _fact_faults(row: Example, facts: list[Fact]) -> list[str]:
    matching = [f for f in facts if f.surface == row["match"]]
    if not matching:
        return [f"found {[f.surface for f in facts]}"]
    got = _told(matching[-1])
    wanted = {key: _number(v) if isinstance(v, int | float) and key in _FIGURES else v for key, v in row.items()}
    wrong = [f"{k}: {got[k]!r}, not {wanted[k]!r}" for k in row if k in got and got[k] != wanted[k]]
    if "change" not in row and "comparison" not in row and _links(row) and got["change"] is not None:
        wrong.append(f"change: {got['change']!r}, not None")
    if "count" in row and len(facts) != row["count"]:
        wrong.append(f"{len(facts)} facts, not {row['count']}")
    return wrong


_FIGURES: Final = frozenset({"value", "low", "high", "ratio", "delta"})
_PLAIN: Final = (
    *("kind", "unit", "unit_ucum", "bound", "currency", "per_unit", "when", "change", "comparison"),
    *("modality", "statistic", "attributed_to"),
)


def _told(fact: Fact) -> dict[str, object]:
    """What an example may say of a fact, in its words."""
    return {
        **{name: _number(getattr(fact, name)) for name in _FIGURES},
        **{name: getattr(fact, name) for name in _PLAIN},
        "date": fact.when,
        "subject": fact.subject or "",
        "attribute": fact.attribute or "",
        "basis": fact.basis or "",
        "period": f"{fact.period_start}/{fact.period_end}" if fact.period_start else "",
        "vague": fact.value is None and fact.low is None and fact.when is None,
    }


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.15g}" if abs(value) < 1e15 else str(int(value))


def _links(row: Example) -> bool:
    """Whether an example is a sentence whose change is to be none unless it says so."""
    return row["text"].endswith("。") and not (
        {"subject", "attribute", "period", "date", "published", "rule"} & row.keys()
    )


def check(root: Path) -> Report:
    """Lay an overlay over the shipped rules, build all that reads them, and run its examples and ours.

    Raises RuleError for a folder that cannot be used at all.
    """
    over, report = knowledge.overlay(root), Report()
    with knowledge.using(over):
        for builder in knowledge.builders():
            try:
                builder()
            except RuleError as error:
                report.faults.append(str(error))
    report.faults = list(dict.fromkeys(report.faults))
    if not report.faults:
        for file in over.files:
            module = file.path.parent.relative_to(over.root).as_posix()
            with knowledge.using(over):
                report.faults += _not_normal(module, file)
            if file.path.name == "corpus.toml":
                _run(module, file, over, report)
            elif file.path.name == "rules.toml":
                report.held += _laid_over(module, file)
            else:
                report.held.append(_listed(f"{module}/{file.path.name}", file))
        _note_ours(over, report)
    return report


def _laid_over(module: str, file: File) -> Iterator[str]:
    """One line for each row of an overlay: whether it is new, and what it takes from ours."""
    for table, rows in knowledge.load(file).items():
        ours = {row["name"]: set(row.get("words", ())) for row in knowledge.shipped(module).get(table, [])}
        for row in rows:
            name, words = row["name"], set(row.get("words", ()))
            lost = sorted(ours[name] - words) if name in ours else []
            taken = sorted(f"{word} of {other}" for other in ours if other != name for word in words & ours[other])
            said = ["replaces ours" if name in ours else "new"]
            said += [f"no longer known: {' '.join(lost)}"] if lost else []
            said += [f"takes {', '.join(taken)}"] if taken else []
            yield f"{module}: [[{table}]] {name}: {'; '.join(said)}"


def _listed(name: str, file: File) -> str:
    """One line for a CSV file of an overlay: how many rows, and which of ours they replace."""
    ours = {word for _, word in _first_cells(knowledge.shipped_file(name))}
    words = [word for _, word in _first_cells(file)]
    replaced = [word for word in words if word in ours]
    return f"{name}: {len(words)} row(s)" + (f", in place of ours for {' '.join(replaced)}" if replaced else "")


def _not_normal(module: str, file: File) -> Iterator[str]:
    """Words that would never match, for text is read in its normal form: simplified, half-width."""
    if module == "layout/normalise" or file.path.name == "corpus.toml":
        return
    if file.path.suffix == ".csv":
        words = [(f"{file.path}:{number}", word) for number, word in _first_cells(file)]
    else:
        words = [
            (place(file, table, number, word), word)
            for table, rows in knowledge.load(file).items()
            for number, row in enumerate(rows)
            for word in row.get("words", ())
        ]
    for where, word in words:
        if normalise(word)[0] != word.strip():
            yield f"{where}: {word!r} would never match: write it as text is read, {normalise(word)[0]!r}"


def _first_cells(file: File) -> list[tuple[int, str]]:
    """Line and first cell of the rows of a CSV file that has been found to be one."""
    lines = [(n, line) for n, line in enumerate(file.text.splitlines(), 1) if line.strip() and line[0] != "#"]
    return [(n, line.partition(",")[0].strip()) for n, line in lines[1:]]


def _run(module: str, file: File, over: Overlay, report: Report) -> None:
    """Hold an overlay's own examples against it."""
    held = 0
    for table, rows in knowledge.load(file).items():
        for number, row in enumerate(rows if isinstance(rows, list) else [rows]):
            fault = shape_fault(module, table, row)
            found = [fault] if fault else _tried(module, table, row, over)
            what = f"{row['text']!r}: " if not fault else ""
            report.faults += [f"{place(file, table, number)}: {what}{each}" for each in found]
            held += not found
    report.held.append(f"{module}: {held} example(s) come out as they say")


def _tried(module: str, table: str, row: Example, over: Overlay | None) -> list[str]:
    try:
        return faults(module, table, row, over)
    except ValueError as error:  # a day that is none
        return [str(error)]


def _note_ours(over: Overlay, report: Report) -> None:
    """Note modules without examples, and examples of ours that come out otherwise under the overlay."""
    modules = {file.path.parent.relative_to(over.root).as_posix() for file in over.files}
    bare = sorted(module for module in modules if not over.file(f"{module}/corpus.toml"))
    report.notes += [f"{module}: no corpus.toml beside it, so no row of it is shown to work" for module in bare]
    changed = []
    for module, file in knowledge.corpora().items():
        for table, rows in knowledge.load(file).items():
            for row in rows:
                found = _tried(module, table, row, over)
                if found and not _tried(module, table, row, None):
                    changed.append(f"{module}: our example {row['text']!r} now comes out otherwise: {found[0]}")
    report.notes += changed[:MOST]
    if len(changed) > MOST:
        report.notes.append(f"and {len(changed) - MOST} more examples of ours")
