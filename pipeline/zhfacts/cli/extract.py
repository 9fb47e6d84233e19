"""`zhfacts extract`: files and folders to tables, with progress and a summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from zhfacts.cli.options import (
    Address,
    CpuLimit,
    Engine,
    Force,
    IdColumn,
    Jobs,
    Json,
    MaxCharacters,
    MaxNumbers,
    MemoryLimit,
    Published,
    Quiet,
    Resume,
    Roles,
    Rules,
    Segmenter,
    TextColumn,
    Verbose,
)
from zhfacts.errors import StoppedError
from zhfacts.guard import CPU_LIMIT, MAX_CHARACTERS, MAX_NUMBERS, MEMORY_LIMIT
from zhfacts.link.words import DEFAULT

if TYPE_CHECKING:
    from rich.console import Console

    from zhfacts.progress import Step
    from zhfacts.runs import Run

NAME = "extract"
STOPPED = (
    "stopped; tables that stood in the output folder are unchanged, and what was finished is kept: "
    "the same command with --resume goes on from there"
)
LONG = 60.0
"""Seconds of work that are left from which a line says so, and between two such lines."""
MOST = 5
"""Rejected inputs that are named on the screen."""
EXAMPLE = "Example: zhfacts extract seeds --out outputs --jobs 2 --published 2024-03-12"


def command(  # noqa: PLR0913, PLR0917  # one for each option
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Files and folders to read; - for standard input.", show_default=False),
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="OUT", help="Folder for the tables.")] = "outputs",
    jobs: Jobs = None,
    published: Published = None,
    rules: Rules = None,
    text_column: TextColumn = "text",
    id_column: IdColumn = None,
    roles: Roles = None,
    cpu_limit: CpuLimit = CPU_LIMIT,
    segmenter: Segmenter = DEFAULT,
    max_characters: MaxCharacters = MAX_CHARACTERS,
    max_numbers: MaxNumbers = MAX_NUMBERS,
    memory_limit: MemoryLimit = MEMORY_LIMIT,
    force: Force = False,
    resume: Resume = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
    engine: Engine = "local",
    address: Address = None,
) -> None:
    """Extract facts from files and folders into Parquet tables."""
    from zhfacts import api, plain
    from zhfacts.cli import console, summary

    if force and resume:
        raise typer.BadParameter("--resume takes what --force would do again; give one of the two")
    try:
        with _progress(console.err()) as progress:
            run = api.run(
                inputs, out, jobs, published, progress,
                rules=rules, text_column=text_column, id_column=id_column, roles=roles or (), cpu_limit=cpu_limit,
                segmenter=segmenter, max_characters=max_characters, max_numbers=max_numbers,
                memory_limit=memory_limit, force=force, engine=engine, address=address,
            )  # fmt: skip
    except KeyboardInterrupt:
        raise StoppedError(STOPPED) from None
    if as_json:
        typer.echo(plain.as_json(run.info, indent=2))
    else:
        summary.show(run, console.notes())
    if verbose:
        _tell_all(run, console.err())
    _explain_rejected(run, console.err(), 0 if verbose else MOST)
    raise typer.Exit(run.exit_code)


def _tell_all(run: Run, screen: Console) -> None:
    """Say what the run has worked with, and name every reject with its place."""
    from zhfacts.cards import is_there
    from zhfacts.cli.console import visible

    digests = {name: digest[:12] for name, digest in run.info["digests"].items() if digest}
    used = ", ".join(f"{name} {digest}" for name, digest in digests.items())
    screen.print(visible(f"zhfacts {run.info['version']}, {used}, segmenter {run.info['settings']['segmenter']}"))
    for row in run.rejects.to_dict("records"):
        place = row["source"] if not is_there(row["line_start"]) else f"{row['source']}:{row['line_start']}"
        screen.print(visible(f"{place}: {row['reason']}: {row['detail']}"))


def _explain_rejected(run: Run, screen: Console, most: int) -> None:
    """Say why the exit code will not be 0, and which inputs are to blame."""
    if not run.exit_code:
        return
    from zhfacts.cli.console import visible
    from zhfacts.tables.write import HARMLESS

    if run.url:
        return
    rejects = run.rejects
    whole = rejects[rejects["doc_id"].isna() & ~rejects["reason"].isin(HARMLESS)].drop_duplicates("source")
    for source, detail in zip(whole["source"][:most], whole["detail"][:most], strict=True):
        screen.print(visible(f"{source}: {detail}"))
    count = run.info["counts"]["rejected_files"]
    screen.print(f"zhfacts: {count} input(s) could not be used; rejects.parquet says which and why")
    if not run.info["reproducible"]:
        screen.print(
            "zhfacts: a limit of time or memory, or a lost process, has decided what this run holds: "
            "another run may give other tables"
        )


@contextmanager
def _progress(screen: Console) -> Iterator[Callable[[Step], None]]:
    """What to call for each document: moves a bar on a terminal, prints the line elsewhere."""
    from zhfacts.cli.console import visible
    from zhfacts.progress import in_words

    if not screen.is_terminal or screen.is_dumb_terminal:
        told = time.monotonic()

        def line(step: Step) -> None:
            nonlocal told
            screen.print(visible(step))
            if step.left and step.left > LONG and time.monotonic() - told > LONG:
                told = time.monotonic()
                screen.print(f"zhfacts: {in_words(step.left)} left")

        yield line
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.fields[left]}"), TextColumn("{task.description}", markup=False)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), *columns, console=screen) as bar:
        task = bar.add_task("reading", total=None, left="")
        yield lambda step: bar.update(
            task, completed=step.done, total=step.total, description=visible(step.partition(" ")[2]),
            left=f"{in_words(step.left)} left" if step.left else "",
        )  # fmt: skip
