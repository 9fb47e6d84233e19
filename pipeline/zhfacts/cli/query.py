"""`zhfacts query`: a question in SQL to published tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhfacts.cli.options import Out, Quiet

if TYPE_CHECKING:
    from rich.console import Console

    from zhfacts.queries.database import Answer

NAME = "query"
EXAMPLE = (
    "Example: zhfacts query \"SELECT subject, value FROM facts WHERE kind = 'money' ORDER BY value DESC LIMIT 5\""
    " --out outputs"
)
MOST = 100
"""Rows of a table on the screen."""
LONGEST = 60
"""Characters of a cell on the screen."""


class Form(StrEnum):
    """Forms in which an answer is given."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def command(
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help="One SELECT over facts, entities, mentions, documents, lines, rejects; text stands in single quotes.",
            show_default=False,
        ),
    ],
    out: Out = Path("outputs"),
    form: Annotated[
        Form | None,
        typer.Option("--format", help="Form of the answer; by the ending of --to, or else table.", show_default=False),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="File to write instead of the screen; replaced as a whole.", show_default=False
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Ask the tables of a run in SQL (DuckDB), read-only."""
    from zhfacts import api
    from zhfacts.queries.database import ask

    form = form or _by_ending(to)
    _check(form, to)
    run = api.load(out)
    give(ask(run.out, run.info, sql), form, to, run.out)


def _by_ending(to: Path | None) -> Form:
    """The form that the name of a file asks for."""
    if to is None:
        return Form.table
    try:
        return Form(to.suffix.removeprefix(".").lower())
    except ValueError:
        raise typer.BadParameter(f"no form for {to}; end it with .csv, .json or .parquet, or give --format") from None


def _check(form: Form, to: Path | None) -> None:
    """Wrong usage for a form that its place cannot hold."""
    if to is None and form is Form.parquet:
        raise typer.BadParameter("parquet is nothing for a screen; name a file with --to")
    if to is not None and form is Form.table:
        raise typer.BadParameter("a table is for the screen; choose csv, json or parquet for a file")


def give(answer: Answer, form: Form, to: Path | None, out: Path) -> None:
    """Print an answer, or put it into a file that is none of the run's own."""
    from zhfacts import files
    from zhfacts.cli import console
    from zhfacts.queries import forms
    from zhfacts.tables.publish import refuse_own

    if to is not None:
        refuse_own(to, out)
        files.put(to, forms.chunks(answer, form.value))
        console.err().print(console.visible(f"{to}: written"))
    elif form is Form.table:
        show(answer, console.out())
    else:
        for line in (forms.csv if form is Form.csv else forms.json)(answer):
            console.raw(line)


def show(answer: Answer, screen: Console) -> None:
    """Print the first rows, each on a line where they fit, else column by column."""
    from itertools import islice

    from rich.cells import cell_len

    from zhfacts.cli import console
    from zhfacts.queries.forms import shown

    columns = answer.columns
    rows = list(islice(answer.rows(), MOST + 1))
    cells = [[console.visible(shown(value, LONGEST)) for value in row] for row in rows[:MOST]]
    if sum(max(map(cell_len, column)) + 2 for column in zip(columns, *cells, strict=True)) <= console.WIDEST:
        console.table(columns, cells, screen, answer.figures)
    else:
        for row in cells:
            for name, cell in zip(columns, row, strict=True):
                screen.print(f"{console.visible(name):<21} {cell}")
            screen.print()
    if len(rows) > MOST:
        console.err().print(f"These are the first {MOST} rows; --format csv or json gives all.")
    elif not rows:
        console.err().print("no rows")
