"""`zhfacts export`: the facts of a run in forms that other tools read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhfacts.cli.options import Quiet, Tables

NAME = "export"
EXAMPLE = "Example: zhfacts export outputs --format csv -o facts.csv"


class Form(StrEnum):
    """Forms in which facts are exported."""

    jsonl = "jsonl"
    csv = "csv"
    webannotation = "webannotation"


def command(
    out: Tables,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="jsonl (an object on each line), csv (UTF-8 with a byte order mark, as Excel likes it) or "
            "webannotation (W3C Web Annotation, JSON-LD).",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File to write, replaced as a whole; standard output by default.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Export facts as JSON Lines, CSV for a spreadsheet, or Web Annotations."""
    from zhfacts import api, files
    from zhfacts.cli import console
    from zhfacts.exports import rows, webannotation
    from zhfacts.tables.publish import refuse_own

    run = api.load(out)
    write = {Form.jsonl: rows.jsonl, Form.csv: rows.csv, Form.webannotation: webannotation.webannotation}[form]
    if output is None:
        for chunk in write(run.out, run.info):
            console.raw(chunk.decode())
        return
    refuse_own(output, run.out)
    files.put(output, write(run.out, run.info))
    count = run.info["tables"]["facts"]["count"]
    console.err().print(console.visible(f"{output}: {count:,} facts"))
