"""`zhfacts annotate`: some facts of a run as a spreadsheet, to be corrected and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhfacts.cli.options import Tables

NAME = "annotate"
EXAMPLE = "Example: zhfacts annotate outputs --sample 100 -o sample.csv"


def command(
    out: Tables,
    sample: Annotated[int, typer.Option(min=1, metavar="N", help="Facts to draw, of each document its share.")] = 100,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The sheet to write.")] = Path(
        "sample.csv"
    ),
    seed: Annotated[int, typer.Option(metavar="N", help="Another number draws other facts.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Draw facts into a spreadsheet to correct by hand, for `zhfacts score`."""
    from zhfacts import api
    from zhfacts.cli import console
    from zhfacts.scoring import annotate
    from zhfacts.scoring.report import many

    annotate.refuse_taken(output, force=force)
    run = api.load(out)
    data, drawn, documents = annotate.annotate(run.out, run.info, sample, seed)
    annotate.put(data, output, force=force)
    total = sum(run.info["counts"]["facts"].values())
    screen = console.out()
    screen.print(console.visible(f"{output}: {drawn} of {total:,} facts, from {many(documents, 'document')}"))
    screen.print(console.visible(f"Correct it, then: zhfacts score {out} --gold {output}"))
