"""What a run ends with: documents, facts by kind, rejects, the place of the tables, three facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhfacts.cards import headline
from zhfacts.cli.console import marked, table, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from zhfacts.runs import Run

TELLING: Final = ("money", "percent", "percentage_point", "quantity", "multiple", "date", "year")
"""Kinds in the order in which they are chosen as examples."""


def show(run: Run, screen: Console) -> None:
    """Print the summary of a run."""
    counts = run.info["counts"]
    table(("found", "count"), [(name, f"{count:,}") for name, count in _counted(counts)], screen)
    for advice in _advice(counts["rejects"]):
        screen.print(advice)
    screen.print(f"\nTables: {visible(run.url or str(run.out))}/*.parquet and run.json")
    if not run.url:
        _show_examples(run, screen)


def _show_examples(run: Run, screen: Console) -> None:
    """Print up to three facts with their lines."""
    rows = examples(run)
    if rows:
        screen.print("\nFor example:")
    lines = source_lines(run, rows)
    for row in rows:
        screen.print(f"  {row['fact_id']}  {visible(headline(row))}")
        for line in lines[row["fact_id"]]:
            screen.print(line)
    if rows:
        out = visible(str(run.out))
        screen.print(f"\nAny fact with its lines: zhfacts show FACT_ID --out {out}")
        screen.print(f"All of it as a page: zhfacts report {out} -o report.html")


def _counted(counts: dict[str, Any]) -> list[tuple[str, int]]:
    """The rows of the table of counts."""
    facts, rejects = counts["facts"], counts["rejects"]
    rows = [("documents", counts["documents"]), ("facts", sum(facts.values()))]
    rows += [(f"  {kind}", number) for kind, number in facts.items()]
    rows += [("rejects", sum(rejects.values()))]
    return rows + [(f"  {reason}", number) for reason, number in rejects.items()]


def _advice(rejects: dict[str, int]) -> Iterator[str]:
    """What to do about each reason that the run has given."""
    from zhfacts.reasons import REASONS

    known = [reason for reason in rejects if reason in REASONS]
    if known:
        yield "\nWhat to do about rejects (docs/rejects.md has examples, rejects.parquet the rows):"
    yield from (f"  {reason}: {REASONS[reason].todo}" for reason in known)


def examples(run: Run, number: int = 3) -> list[dict[str, Any]]:
    """Up to three facts of different kinds, those with a subject and an attribute first."""
    from zhfacts.tables.frames import portion

    facts = portion(run.out, "facts", run.info)
    full = facts[facts["subject"].notna() & facts["attribute"].notna() & facts["value"].notna()]
    chosen: dict[str, dict[str, Any]] = {}
    for pool in (full, facts):
        for kind in TELLING:
            some = pool[pool["kind"] == kind]
            if len(some) and kind not in chosen and len(chosen) < number:
                chosen[kind] = {str(key): value for key, value in some.iloc[0].to_dict().items()}
    return list(chosen.values())


def source_lines(run: Run, rows: list[dict[str, Any]]) -> dict[str, list[Text]]:
    """The lines on which each fact stands, the number marked, by fact_id."""
    from rich.text import Text

    from zhfacts.tables.frames import portion

    lines = portion(run.out, "lines", run.info, {row["doc_id"] for row in rows})
    found: dict[str, list[Text]] = {}
    for row in rows:
        first, last = row["line_start"], row["line_end"]
        here = lines[(lines["doc_id"] == row["doc_id"]) & lines["line"].between(first, last)]
        for number, text in zip(here["line"], here["text"], strict=True):
            start = row["col_start"] if number == first else 0
            end = row["col_end"] if number == last else len(text)
            place = Text(f"    {visible(row['source'])}:{number}: ", style="dim")
            found.setdefault(row["fact_id"], []).append(place.append_text(marked(text, start, end)))
    return found
