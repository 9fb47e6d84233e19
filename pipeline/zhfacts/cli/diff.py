"""`zhfacts diff`: which facts changed from one run to another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from zhfacts.regression.diff import Report

NAME = "diff"
EXAMPLE = "Example: zhfacts diff baseline.jsonl outputs --ignore link_score"

Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Column to leave out, `place` for where facts stand; may be given again."),
]


class Format(StrEnum):
    """Forms in which the changes are printed."""

    table = "table"
    json = "json"
    markdown = "markdown"


def command(
    old: Annotated[
        Path,
        typer.Argument(metavar="OLD", help="Folder of tables, or baseline of `zhfacts accept`.", show_default=False),
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, of today.", show_default=False)],
    form: Annotated[Format, typer.Option("--format", help="Form to print the changes in.")] = Format.table,
    ignore: Ignore = None,
    most: Annotated[int, typer.Option(min=0, metavar="N", help="Facts to list for each document.")] = 20,
) -> None:
    """Compare two runs: facts added, removed and changed; exit code 1 where there are any."""
    from zhfacts.cli import console
    from zhfacts.regression import report as told
    from zhfacts.regression.diff import compare, load

    report = compare(load(old), load(new), ignore or ())
    if form is Format.table:
        _show(report, most, console.out())
    elif form is Format.json:
        typer.echo(told.as_json(report), nl=False)
    else:
        typer.echo("\n".join(map(console.visible, told.markdown(report, most).split("\n"))), nl=False)
    raise typer.Exit(1 if report.changes else 0)


def _show(report: Report, most: int, screen: Console) -> None:
    from zhfacts.cli.console import visible
    from zhfacts.regression import report as told

    if report.changes:
        _table(("document", *told.WHATS), told.documents(report), screen)
        screen.print()
    if report.fields:
        _table(("column", "facts"), told.fields(report), screen)
        screen.print()
    for source, changes in report.documents.items():
        screen.print(visible(source), style="bold")
        for what, line in told.sentences(changes, most):
            screen.print(f"  {told.SIGNS[what]} {visible(line)}")
        screen.print()
    screen.print(told.headline(report))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], screen: Console) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from zhfacts.cli.console import visible

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(visible, row))
    screen.print(table)
