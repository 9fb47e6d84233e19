"""`zhfacts accept`: the facts of a run become the baseline that later runs are compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhfacts.cli.options import Ignore, Tables

NAME = "accept"
EXAMPLE = "Example: zhfacts accept outputs --baseline baseline.jsonl"


def command(
    out: Tables,
    baseline: Annotated[
        Path, typer.Option(metavar="FILE", help="The baseline to write, for your version control.", show_default=False)
    ],
    quotes: Annotated[
        bool,
        typer.Option(
            "--quotes/--no-quotes",
            help="Words of the documents in full, or those of more than 12 characters as digests.",
        ),
    ] = False,
    ignore: Ignore = None,
) -> None:
    """Write a run's facts as a baseline to commit, for `zhfacts diff`."""
    from zhfacts import files
    from zhfacts.cli import console
    from zhfacts.errors import InputError
    from zhfacts.regression import report as told
    from zhfacts.regression.baseline import write
    from zhfacts.regression.diff import compare, load

    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder of tables; give the --out of an earlier `zhfacts extract`")
    files.refuse_others(baseline)
    facts = load(out).without(ignore or ())
    facts = facts if quotes else facts.shortened()
    changed = told.headline(compare(load(baseline), facts)) if baseline.exists() else "A new baseline."
    write(facts, baseline)
    console.out().print(console.visible(f"{baseline}: {len(facts.rows):,} facts. {changed}"))
