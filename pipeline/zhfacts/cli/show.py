"""`zhfacts show`: one fact, its columns and the lines it stands on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhfacts.cli.options import Out

NAME = "show"
EXAMPLE = "Example: zhfacts show 0f3a9c5512e07b44 --out outputs"


def command(
    fact_id: Annotated[str, typer.Argument(metavar="FACT_ID", help="Id as facts.parquet has it.", show_default=False)],
    out: Out = Path("outputs"),
) -> None:
    """Show a fact and its source lines with the number marked."""
    from zhfacts import api
    from zhfacts.cli import console, summary
    from zhfacts.errors import InputError

    run = api.load(out)
    rows = run.facts[run.facts["fact_id"] == fact_id]
    if rows.empty:
        raise InputError(f"no fact {fact_id} in {out}{_nearest(fact_id, run.facts['fact_id'].tolist())}")
    row = {str(key): value for key, value in rows.iloc[0].to_dict().items()}
    screen = console.out()
    screen.print(console.visible(summary.headline(row)), style="bold")
    for line in summary.source_lines(run, [row])[fact_id]:
        screen.print(line)
    screen.print()
    for name, value in row.items():
        if summary.is_there(value):
            shown = value.date() if name.startswith(("date_", "period_")) and hasattr(value, "date") else value
            screen.print(f"  {name:<21} {console.visible(str(shown))}")


def _nearest(fact_id: str, known: list[str]) -> str:
    """The hint for an id that is not there."""
    from difflib import get_close_matches

    near = [name for name in known if name.startswith(fact_id)] if fact_id else []
    near = near[:1] or get_close_matches(fact_id, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else "; facts.parquet lists them in column fact_id"
