"""What a report shows, out of the tables of a run: documents with their lines, facts by column, words once.

Example: the subjects of all facts are numbers into `strings`, where 远岚集团 stands a single time.
A number has its place as a browser counts it; so have the words of its subject and attribute, by their bytes, and
its period by the year or date that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from zhfacts.documents import ROLES
from zhfacts.records import BOUNDS, KINDS
from zhfacts.report.periods import anchors
from zhfacts.report.places import Place, Places
from zhfacts.tables.frames import records

Row = dict[str, Any]
WORDS: Final = (
    "surface", "quote", "unit", "per_unit", "change", "comparison", "basis", "when", "subject", "attribute", "rule",
    "link_rule", "heading", "modality", "statistic", "attributed_to", "period_from", "date_from", "shared",
)  # fmt: skip
"""Columns of facts whose words are shown."""
FIGURES: Final = ("low", "high", "ratio", "delta", "page", "article", "attributed_line")
"""Columns of facts whose numbers are shown as they are."""
DOCUMENT: Final = ("source", "copies", "title", "publisher", "encoding", "characters", "rejects")


class Pool:
    """Strings by number, in the order in which they were first met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, text: str | None) -> int | None:
        """The number of a string, a new one where it has none; None stays None."""
        return None if text is None else self.numbers.setdefault(text, len(self.numbers))


def collect(out: Path, info: Row) -> Row:
    """All that the page's script is given, as JSON holds it."""
    pool = Pool()
    lines = _by_document(records(out, "lines", info))
    facts = _by_document(records(out, "facts", info))
    entities = [row for row in records(out, "entities", info) if row["facts"]]
    known = {row["entity_id"]: number for number, row in enumerate(entities)}
    columns: dict[str, list[Any]] = {}
    documents = []
    for number, row in enumerate(records(out, "documents", info)):
        own = facts.get(row["doc_id"], [])
        documents.append(_document(row, lines.get(row["doc_id"], []), len(own)))
        first = len(columns.get("id", ()))
        for each in _facts(row, own, lines.get(row["doc_id"], []), pool, first):
            each |= {"doc": number, "entity": known.get(each["entity"])}
            for name, value in each.items():
                columns.setdefault(name, []).append(value)
    return {
        "version": info["version"],
        "kinds": KINDS,
        "bounds": BOUNDS,
        "roles": ROLES,
        "strings": list(pool.numbers),
        "entities": {"name": [row["name"] for row in entities], "type": [row["type"] for row in entities]},
        "documents": documents,
        "facts": columns or {"id": []},
    }


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of a table, which lie by document, by its id."""
    return {doc_id: list(group) for doc_id, group in groupby(rows, key=itemgetter("doc_id"))}


def _document(row: Row, lines: list[Row], facts: int) -> Row:
    """A document with the text and role of each of its lines."""
    return {
        **{name: row[name] for name in DOCUMENT},
        "published": _day(row["published"]),
        "facts": facts,
        "text": [line["text"] for line in lines],
        "role": [ROLES.index(line["role"]) for line in lines],
    }


def _facts(document: Row, facts: list[Row], lines: list[Row], pool: Pool, first: int) -> Iterator[Row]:
    """The facts of a document as the page has them."""
    # a stream of our own making ("text") is UTF-8 whatever the input was
    places = Places(lines, "utf-8" if document["stream"] == "text" else document["encoding"])
    for row, time_at in zip(facts, anchors(facts), strict=True):
        time = "date" if row["when"] is not None else "period"
        yield {
            "id": row["fact_id"],
            "at": _number_at(row, places),
            "kind": KINDS.index(row["kind"]),
            "bound": BOUNDS.index(row["bound"]),
            "value": _plain(row["value"], row["exact"]),
            "from": pool(_day(row[f"{time}_start"])),
            "to": pool(_day(row[f"{time}_end"])),
            "entity": row["subject_id"],
            "score": row["link_score"],
            "subject_at": places.span(row["subject_byte_start"], row["subject_byte_end"]),
            "attribute_at": places.span(row["attribute_byte_start"], row["attribute_byte_end"]),
            "period_at": None if time_at is None else first + time_at,
            **{name: pool(row[name]) for name in WORDS},
            **{name: row[name] for name in FIGURES},
        }


def _number_at(row: Row, places: Places) -> Place:
    """Where the number itself stands."""
    first, last = row["line_start"], row["line_end"]
    return first, places.column(first, row["col_start"]), last, places.column(last, row["col_end"])


def _plain(value: float | None, exact: Decimal | None) -> str | None:
    """A value in digits, exact where the tables have it so: 578400000000."""
    if exact is not None:
        text = format(exact, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return None if value is None else repr(value).removesuffix(".0")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
