"""`zhfacts compact`: tables of many parts written anew in few."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "compact"
EXAMPLE = "Example: zhfacts compact outputs"


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of an earlier run.", show_default=False)],
) -> None:
    """Write the tables of a run anew in as few files as they need, as a run on one machine does; rows stay the same."""
    from zhfacts.tables.compact import compact

    before, after = compact(out)
    typer.echo(f"{out}: {before} files of tables are {after} now, with the same rows")
