"""Options that more than one command has."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer


def _day(text: str) -> date:
    """Day of an option, e.g. 2024-03-12; wrong usage where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it like 2024-03-12") from None


Published = Annotated[
    date | None,
    typer.Option(
        parser=_day,
        metavar="DATE",
        help="Day against which 今年 or 去年 is resolved where a document does not say when it appeared.",
        show_default=False,
    ),
]
