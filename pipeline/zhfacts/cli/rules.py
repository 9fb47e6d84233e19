"""`zhfacts rules check`: a user's own rules held against ours, and their examples run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "rules"
EXAMPLE = "Example: zhfacts rules check my-rules"

app = typer.Typer(help="Work with rules of your own, laid over those that zhfacts ships.", epilog=EXAMPLE)


@app.callback()
def _group() -> None:
    """Work with rules of your own, laid over those that zhfacts ships."""


@app.command("check", epilog=EXAMPLE)
def check(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder laid out as rules/, any part of it.", show_default=False)
    ],
) -> None:
    """Check your own rules and their examples, for extract --rules DIR."""
    from zhfacts import corpora
    from zhfacts.cli import console
    from zhfacts.errors import RuleError

    report = corpora.check(folder)
    screen = console.out()
    for line in report.held:
        screen.print(console.visible(line))
    for line in report.notes:
        screen.print(console.visible(f"note: {line}"))
    for line in report.faults:
        screen.print(console.visible(f"wrong: {line}"))
    if report.faults:
        raise RuleError(f"{len(report.faults)} fault(s) in {folder}; mend the lines named and check again")
    screen.print(console.visible(f"{folder}: all holds; use it with `zhfacts extract INPUT --rules {folder}`"))
