"""`zhfacts diff`: which facts changed from one run to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhfacts.cli.options import Form, Format, Ignore

if TYPE_CHECKING:
    from rich.console import Console

    from zhfacts.regression.diff import Report

NAME = "diff"
EXAMPLE = "Example: zhfacts diff baseline.jsonl outputs --ignore link_score"


def command(
    old: Annotated[
        Path,
        typer.Argument(metavar="OLD", help="Folder of tables, or baseline of `zhfacts accept`.", show_default=False),
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, of today.", show_default=False)],
    form: Form = Format.table,
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
    from zhfacts.cli.console import table, visible
    from zhfacts.regression import report as told

    if report.changes:
        table(("document", *told.WHATS), told.documents(report), screen)
        screen.print()
    if report.fields:
        table(("column", "facts"), told.fields(report), screen)
        screen.print()
    for source, changes in report.documents.items():
        screen.print(visible(source), style="bold")
        for what, line in told.sentences(changes, most):
            screen.print(f"  {told.SIGNS[what]} {visible(line)}")
        screen.print()
    screen.print(told.headline(report))
