"""`zhfacts schema`: the tables' columns, types and meanings, as Markdown, JSON or a Frictionless Data Package."""

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
    frictionless = "frictionless"


def command(
    form: Annotated[Format, typer.Option("--format", help="Form to print it in.")] = Format.markdown,
) -> None:
    """Print the tables' columns with type, null and meaning."""
    from zhfacts.tables import package, schema

    forms = {
        Format.markdown: schema.markdown,
        Format.json: schema.as_json,
        Format.frictionless: package.as_frictionless,
    }
    typer.echo(forms[form](), nl=False)
