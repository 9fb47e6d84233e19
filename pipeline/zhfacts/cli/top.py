"""`zhfacts top`: the commonest questions to published tables, without SQL."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from zhfacts.cli.options import Json, Out

NAME = "top"
EXAMPLE = "Example: zhfacts top amounts --out outputs --limit 5 --min-score 0.8"


class What(StrEnum):
    """The questions."""

    entities = "entities"
    indicators = "indicators"
    amounts = "amounts"
    recent = "recent"


def command(  # noqa: PLR0913, PLR0917  # one for each option
    what: Annotated[
        What,
        typer.Argument(
            metavar="WHAT",
            help="entities (who is spoken of), indicators (what is measured), amounts (the largest of each currency) "
            "or recent (what was reported for the latest times).",
            show_default=False,
        ),
    ],
    out: Out = Path("outputs"),
    document: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="Facts of this document alone: its source or doc_id.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Rows to show, of amounts for each currency.")] = 10,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, metavar="SCORE", help="Leave out facts whose link_score is lower.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Show the commonest entities and indicators, the largest amounts, the latest figures."""
    from zhfacts import api
    from zhfacts.cli import console
    from zhfacts.cli.query import Form, give
    from zhfacts.queries.database import ask
    from zhfacts.queries.top import Asked, query

    run = api.load(out)
    asked = Asked(limit, _known(document, run.out, run.info), min_score)
    sql, params = query(what.value, asked)
    give(ask(run.out, run.info, sql, params), Form.json if as_json else Form.table, None, run.out)
    if not as_json and what in {What.amounts, What.recent}:
        console.err().print(console.visible(f"Any fact with its lines: zhfacts show FACT_ID --out {out}"))


def _known(document: str | None, out: Path, info: dict[str, Any]) -> str | None:
    """A document of the run; InputError for another, with the nearest."""
    from difflib import get_close_matches

    from zhfacts.errors import InputError
    from zhfacts.queries.database import ask

    if document is None:
        return None
    known = dict(ask(out, info, "SELECT source, doc_id FROM documents ORDER BY source").rows())
    if document in known or document in known.values():
        return document
    near = [source for source in known if source.endswith(document)] or get_close_matches(document, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "documents.parquet lists them in column source"
    raise InputError(f"no document {document} in {out}; {hint}")
