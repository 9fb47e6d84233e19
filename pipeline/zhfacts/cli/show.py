"""`zhfacts show`: one fact, its columns and the lines it stands on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhfacts.cli.options import Json, Out

if TYPE_CHECKING:
    from zhfacts.runs import Run

NAME = "show"
EXAMPLE = "Example: zhfacts show 0f3a9c5512e07b44 --out outputs"


def command(
    fact_id: Annotated[str, typer.Argument(metavar="FACT_ID", help="Id as facts.parquet has it.", show_default=False)],
    out: Out = Path("outputs"),
    as_json: Json = False,
) -> None:
    """Show a fact and its source lines with the number marked."""
    from zhfacts import api, plain
    from zhfacts.cards import headline, is_there
    from zhfacts.cli import console, summary
    from zhfacts.errors import InputError

    run = api.load(out)
    rows = run.facts[run.facts["fact_id"] == fact_id]
    if rows.empty:
        raise InputError(
            f"no fact {fact_id or repr(fact_id)} in {out}{_nearest(fact_id, run.facts['fact_id'].tolist())}"
        )
    if as_json:
        typer.echo(plain.as_json(_whole(run, fact_id), indent=2))
        return
    row = {str(key): value for key, value in rows.iloc[0].to_dict().items()}
    screen = console.out()
    screen.print(console.visible(headline(row)), style="bold")
    for line in summary.source_lines(run, [row])[fact_id]:
        screen.print(line)
    screen.print()
    for name, value in row.items():
        if is_there(value):
            shown = value.date() if name.startswith(("date_", "period_")) and hasattr(value, "date") else value
            screen.print(f"  {name:<21} {console.visible(str(shown))}")


def _whole(run: Run, fact_id: str) -> dict[str, Any]:
    """A fact with all its columns, and the lines it stands on."""
    from zhfacts.exports.rows import tidy
    from zhfacts.tables.frames import records

    (fact,) = (row for row in records(run.out, "facts", run.info) if row["fact_id"] == fact_id)
    first, last = fact["line_start"], fact["line_end"]
    lines = records(run.out, "lines", run.info, [fact["doc_id"]])
    return {"fact": tidy(fact), "lines": [tidy(line) for line in lines if first <= line["line"] <= last]}


def _nearest(fact_id: str, known: list[str]) -> str:
    """The hint for an id that is not there."""
    from difflib import get_close_matches

    near = [name for name in known if name.startswith(fact_id)] if fact_id else []
    near = near[:1] or get_close_matches(fact_id, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else "; facts.parquet lists them in column fact_id"
