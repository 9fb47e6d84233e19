"""Options that more than one command has."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def _day(text: str) -> date:
    """Day of an option, e.g. 2024-03-12; wrong usage where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it like 2024-03-12") from None


class Format(StrEnum):
    """Forms in which findings are printed."""

    table = "table"
    json = "json"
    markdown = "markdown"


Form = Annotated[Format, typer.Option("--format", help="Form to print it in.")]

Tables = Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.", show_default=False)]
"""Where published tables lie, for commands that are about them."""

Out = Annotated[Path, typer.Option("--out", metavar="OUT", help="Folder that a run wrote.")]
"""The same, for commands that ask something of them."""


def _quiet(wanted: bool) -> None:
    from zhfacts.cli import console

    console.set_quiet(wanted)


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_quiet, is_eager=True, help="Print no progress, notes and summary.")
]
"""Errors and what was asked for are printed all the same."""

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what the run works with, and name all rejects.")]

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]

Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Column to leave out, `place` for where facts stand; may be given again."),
]

Published = Annotated[
    date | None,
    typer.Option(
        parser=_day,
        metavar="DATE",
        help="Day on which the documents appeared, against which 今年 or 去年 is resolved; wins over what they say.",
        show_default=False,
    ),
]

Rules = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Rules of your own, laid over ours: a folder like rules/, any part of it. `zhfacts rules check` tests it.",
        show_default=False,
    ),
]
"""A user's overlay."""

TextColumn = Annotated[str, typer.Option(metavar="NAME", help="Column of .jsonl and .parquet that holds the text.")]

IdColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column of their ids, which follow after # in `source`; `id` or else the row's number by default.",
        show_default=False,
    ),
]

Roles = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE",
        help="Lines of this role give facts, too, besides body, heading and caption; may be given several times. "
        "Roles: byline, furniture, contact, bibliography, contents, advert, table.",
        show_default=False,
    ),
]

Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Number of processes; by default as many as there are processors, fewer where there is little to do.",
        show_default=False,
    ),
]

Engine = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="local, or ray: a cluster, which reads and writes URLs such as s3://bucket/folder, too (docs/scale.md).",
    ),
]

Address = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Of a Ray cluster: auto, or ray://HOST:10001; one is started on this machine without it.",
        show_default=False,
    ),
]

CpuLimit = Annotated[
    float,
    typer.Option(
        min=0,
        metavar="SECONDS",
        help="Processor time for each million characters begun after which a document is given up, so that the "
        "others go on; 0 for none.",
    ),
]

MaxCharacters = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Characters of a document above which it is given up; 0 for any number."),
]

MaxNumbers = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Numbers of a document above which it is given up; 0 for any number."),
]

MemoryLimit = Annotated[
    int,
    typer.Option(
        min=0, metavar="MIB", help="Memory that a document may take before it is given up (on Linux); 0 for any amount."
    ),
]

Force = Annotated[
    bool,
    typer.Option("--force", help="Work on every document anew, whatever the cache in the output folder knows of it."),
]

Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with a run that was stopped or killed: what it had finished is taken from the cache. A run does so "
        "by itself; this says it, and refuses --force.",
    ),
]

Segmenter = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="What cuts clauses into words: lexicon (frequent words, ours), pkuseg (a model of ours), "
        "pkuseg:NAME_OR_PATH (an official model that is installed), jieba (an extra) or char.",
    ),
]
