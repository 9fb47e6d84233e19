"""`zhfacts extract`: files and folders to tables, with progress and a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from zhfacts.api import Run, Step

NAME = "extract"
EXAMPLE = "Example: zhfacts extract seeds --out outputs --jobs 2 --published 2024-03-12"


def command(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT...", help="Files and folders to read.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="Folder for the tables.")] = Path("outputs"),
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    published: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Day against which 今年 or 去年 is resolved where a document does not say when it appeared.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Extract facts from files and folders into Parquet tables."""
    from zhfacts import api
    from zhfacts.cli import console, summary

    with _progress(console.err()) as progress:
        run = api.run(inputs, out, jobs, published.date() if published else None, progress)
    summary.show(run, console.out())
    _explain_rejected(run, console.err())
    raise typer.Exit(run.exit_code)


def _explain_rejected(run: Run, screen: Console) -> None:
    """Say why the exit code will not be 0."""
    if run.exit_code:
        count = run.info["counts"]["rejected_files"]
        screen.print(f"zhfacts: {count} input(s) could not be used; rejects.parquet says which and why.")


@contextmanager
def _progress(screen: Console) -> Iterator[Callable[[Step], None]]:
    """What to call for each document: moves a bar on a terminal, prints the line elsewhere."""
    from zhfacts.cli.console import visible

    if not screen.is_terminal or screen.is_dumb_terminal:
        yield lambda step: screen.print(visible(step))
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), text, console=screen) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda step: bar.update(
            task, completed=step.done, total=step.total, description=visible(step.partition(" ")[2])
        )
