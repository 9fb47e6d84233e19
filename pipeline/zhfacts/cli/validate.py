"""`zhfacts validate`: published tables held against the contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhfacts.cli.options import Json, Quiet, Tables

if TYPE_CHECKING:
    from zhfacts.tables.validate import Again

NAME = "validate"
EXAMPLE = "Example: zhfacts validate outputs --source seeds"
MOST = 20


def command(
    out: Tables,
    source: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The run's input, to check bytes as well.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Check published tables: digests, types, keys, provenance, order, and every value read again."""
    from zhfacts import plain
    from zhfacts.cli import console
    from zhfacts.errors import InputError, InvariantError
    from zhfacts.tables.validate import validate

    if source is not None and not source.exists():
        raise InputError(f"no such file or folder: {source}; give the input of the run as --source")
    again, unread = _again(out)
    findings = validate(out, source, again)
    if as_json:
        typer.echo(plain.as_json({"findings": findings, "read_again": again is not None}, indent=2))
    if findings:
        for finding in [] if as_json else findings[:MOST]:
            console.out().print(console.visible(finding))
        raise InvariantError(f"{len(findings)} finding(s) in {out}; run `zhfacts extract` again")
    if unread:
        console.err().print(console.visible(unread))
    if as_json:
        return
    against = f"the bytes in {source}" if source else "lines.parquet"
    console.notes().print(console.visible(f"{out}: all tables keep the contract (checked against {against})"))


def _again(out: Path) -> tuple[Again | None, str | None]:
    """What reads surfaces again by the rules of the run, or why that cannot be done."""
    from functools import partial

    from zhfacts import knowledge
    from zhfacts.reread import fault_by
    from zhfacts.tables.publish import read_info

    info = read_info(out)
    digests, folder = info.get("digests", {}), info.get("settings", {}).get("overlay")
    over = knowledge.overlay(folder) if folder and Path(folder).is_dir() else None
    if digests.get("rules") != knowledge.digest() or digests.get("overlay") != (over.digest if over else None):
        return None, "note: the rules of this run are not at hand as they were; values are not read again"
    return partial(fault_by, over), None
