"""`zhfacts validate`: published tables held against the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "validate"
EXAMPLE = "Example: zhfacts validate outputs --source seeds"
MOST = 20


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.", show_default=False)],
    source: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The run's input, to check bytes as well.", show_default=False),
    ] = None,
) -> None:
    """Check published tables: digests, types, keys, provenance."""
    from zhfacts.cli import console
    from zhfacts.errors import InputError, InvariantError
    from zhfacts.tables.validate import validate

    if source is not None and not source.exists():
        raise InputError(f"no such file or folder: {source}; give the input of the run as --source")
    findings = validate(out, source)
    if findings:
        for finding in findings[:MOST]:
            console.out().print(console.visible(finding))
        raise InvariantError(f"{len(findings)} finding(s) in {out}; run `zhfacts extract` again")
    against = f"the bytes in {source}" if source else "lines.parquet"
    console.out().print(console.visible(f"{out}: all tables keep the contract (checked against {against})"))
