"""`zhfacts schema`: the tables' columns, types and meanings."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

NAME = "schema"
EXAMPLE = "Example: zhfacts schema --format json"


class Format(StrEnum):
    """Forms in which the schema is printed."""

    markdown = "markdown"
    json = "json"


def command(
    form: Annotated[Format, typer.Option("--format", help="Form to print it in.")] = Format.markdown,
) -> None:
    """Print the tables' columns with type, null and meaning."""
    from zhfacts.tables import schema

    typer.echo(schema.as_json() if form is Format.json else schema.markdown(), nl=False)
