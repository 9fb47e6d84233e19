"""`zhfacts score`: the tables of a run held against a user's own annotation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhfacts.cli.options import Form, Format, Tables

if TYPE_CHECKING:
    from rich.console import Console

    from zhfacts.scoring.score import Report

NAME = "score"
EXAMPLE = "Example: zhfacts score outputs --gold gold --errors 20"
MOST = 20
"""Notes that are shown."""


def command(
    out: Tables,
    gold: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Annotation: a folder with .jsonl of whole documents, or with the corrected .csv of "
            "`zhfacts annotate`; or one such file.",
            show_default=False,
        ),
    ],
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="Errors to list, in order of documents.")] = 0,
    form: Form = Format.table,
) -> None:
    """Score tables against your own annotation: precision, recall, and each field."""
    from zhfacts import api
    from zhfacts.cli import console
    from zhfacts.scoring import report as told
    from zhfacts.scoring.score import score

    run = api.load(out)
    report = score(run.out, run.info, gold)
    if form is Format.table:
        _show(report, errors, console.out())
    else:
        typer.echo((told.as_json if form is Format.json else told.markdown)(report, errors), nl=False)
    _say(report, console.err())
    raise typer.Exit(1 if report.notes else 0)


def _show(report: Report, errors: int, screen: Console) -> None:
    """Print both tables, and the errors that were asked for."""
    from zhfacts.cli.console import table, visible
    from zhfacts.scoring import report as told

    for line in told.about(report):
        screen.print(line)
    screen.print()
    table(("", "core", "of", "extended", "of"), told.rows(report), screen)
    screen.print()
    table(("kind", *told.COUNTS), told.kinds(report), screen)
    shown = report.tally.errors[:errors]
    if shown:
        screen.print(f"\n{len(shown)} of {len(report.tally.errors)} errors:")
    for error in shown:
        screen.print(visible(f"  {told.sentence(error)}"))


def _say(report: Report, screen: Console) -> None:
    """Say what the user should look at, for which the exit code will not be 0."""
    from zhfacts.cli.console import visible

    for note in report.notes[:MOST]:
        screen.print(visible(f"note: {note}"))
    if len(report.notes) > MOST:
        screen.print(f"note: and {len(report.notes) - MOST} more; --format json has them all")
