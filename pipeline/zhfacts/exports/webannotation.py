"""Facts as W3C Web Annotations (JSON-LD), which tools for annotators read beside the document itself.

Example: 8.7% in 甲公司增长8.7%。 has a TextPositionSelector from 5 to 9, a TextQuoteSelector with 甲公司增长 before it.
Positions count code points of the document's text stream as decoded in its encoding (documents.parquet names both),
the byte order mark left out, line ends as they stand. Source: https://www.w3.org/TR/annotation-model/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from zhfacts.exports.rows import facts, tidy
from zhfacts.exports.texts import Text, texts
from zhfacts.plain import as_json

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
AROUND: Final = 32
"""Characters before and behind a number by which it is found again in a text that was changed."""


def webannotation(out: Path, info: dict[str, Any]) -> Iterator[bytes]:
    """One AnnotationCollection with all facts on its one page, an annotation on each line."""
    told = info["tables"]["facts"]
    name = f"urn:zhfacts:facts:{told['rows']}"
    page = {"id": f"{name}:page", "type": "AnnotationPage", "startIndex": 0}
    head = {"@context": CONTEXT, "id": name, "type": "AnnotationCollection", "total": told["count"], "first": page}
    yield as_json(head).removesuffix("}}").encode() + b', "items": [\n'
    for number, annotation in enumerate(annotated(out, info)):
        yield f"{',' if number else ''}{as_json(annotation)}\n".encode()
    yield b"]}}\n"


def annotated(out: Path, info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An annotation for each fact, in the order of the tables."""
    wanted = {row["doc_id"] for row in facts(out, info)}
    found = texts(out, info, wanted)
    for doc_id, rows in groupby(facts(out, info), itemgetter("doc_id")):
        there, text = next(found)
        assert there == doc_id, "facts and lines lie in one order"  # noqa: S101  # the contract's fifth invariant
        for row in rows:
            yield annotation(row, text)


def annotation(row: Mapping[str, Any], text: Text) -> dict[str, Any]:
    """A fact as an annotation: its kind as a tag, all its columns as JSON, its place in two ways."""
    start, end = text.at(row["line_start"], row["col_start"]), text.at(row["line_end"], row["col_end"])
    return {
        "id": f"urn:zhfacts:fact:{row['fact_id']}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": row["kind"]},
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "application/json",
                "value": as_json({name: value for name, value in tidy(row).items() if value is not None}),
            },
        ],
        "target": {"source": quote(row["source"]), "selector": [_position(start, end), _quote(text.text, start, end)]},
    }


def _position(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def _quote(text: str, start: int, end: int) -> dict[str, Any]:
    """What stands there, page furniture inside included, and what stands around it."""
    before, behind = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return {"type": "TextQuoteSelector", "exact": text[start:end], "prefix": before, "suffix": behind}
