"""The six tables as pyarrow schemas, each column with its meaning, as Markdown and as JSON too.

Example: `SCHEMAS["facts"].field("surface").metadata[b"description"]` says what stands in the column.
Source of the names and types: the project's contract (records and tables), version `CONTRACT`.
"""

from __future__ import annotations

import json
from typing import Final

import pyarrow as pa

from zhfacts.documents import ROLES
from zhfacts.records import BOUNDS, KINDS, MODALITIES, STATISTICS

CONTRACT: Final = "1"
"""Version of the contract: rises when a column is added; none is ever renamed or dropped."""

Column = tuple[str, str, bool, str]
"""Name, type as the contract writes it, whether null is allowed, meaning."""

TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "decimal128(38, 12)": pa.decimal128(38, 12),
    "date32": pa.date32(),
    "list<string>": pa.list_(pa.string()),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
}

_ORIGIN: Final = ("stated", "context", "published")
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "bound": BOUNDS,
    "change": ("up", "down"),
    "comparison": ("above", "below"),
    "modality": MODALITIES,
    "statistic": STATISTICS,
    "date_from": _ORIGIN,
    "period_from": _ORIGIN,
    "type": (
        "organisation",
        "country",
        "region",
        "person",
        "product",
        "work",
        "sector",
        "group",
        "other",
    ),
    "stream": ("file", "decompressed", "text"),
    "role": ROLES,
}
"""All words that a dictionary column may hold, in the order in which Parquet stores them."""

_KEY: Final[tuple[Column, ...]] = (
    ("doc_id", "string", False, "document: first 16 hex digits of the SHA-256 of its text stream"),
    ("source", "string", False, "path relative to the input root, / as separator, #record id after it"),
)
_PLACE: Final[tuple[Column, ...]] = (
    ("line_start", "int32", False, "line on which it begins, from 1"),
    ("line_end", "int32", False, "line on which it ends, from 1"),
    ("col_start", "int32", False, "column of its first character, from 0"),
    ("col_end", "int32", False, "column behind its last character, on line_end"),
    ("byte_start", "int64", False, "first byte in the text stream"),
    ("byte_end", "int64", False, "byte behind the last one in the text stream"),
)
_CONTEXT: Final[tuple[Column, ...]] = (
    ("page", "int32", True, "page it stands on, from 1, where the input has pages"),
    ("article", "int32", False, "number of its article within the document, from 1"),
    ("heading", "string", True, "heading it stands under"),
)

_IN_FILE: Final[tuple[Column, ...]] = (
    ("origin_start", "int64", True, "its first byte in the HTML file that the text was made of"),
    ("origin_end", "int64", True, "byte behind its last character in that file, tags and entities between included"),
)

COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "facts": (
        ("fact_id", "string", False, "stable: same text stream, span and kind, same id"),
        *_KEY,
        *_PLACE,
        ("surface", "string", False, "exactly what stands there, page furniture inside left out"),
        ("quote", "string", False, "the sentence, with hard line wraps undone"),
        ("kind", "dictionary", False, "what the number states"),
        ("value", "float64", True, "normalised value as written; null for a range, a date, a vague number"),
        ("low", "float64", True, "lower end of a range"),
        ("high", "float64", True, "upper end of a range"),
        ("exact", "decimal128(38, 12)", True, "value without binary rounding; null where it does not fit"),
        ("ratio", "float64", True, "multiples: new level divided by base"),
        ("unit", "string", False, "%, pp, ISO 4217 code, year, date, x, fraction, measure word; or empty"),
        ("unit_ucum", "string", True, "UCUM code where the unit is physical"),
        ("currency", "string", True, "ISO 4217 code for money"),
        ("per_unit", "string", True, "what a price or rate is per"),
        ("bound", "dictionary", False, "exact, about, or a limit"),
        ("change", "dictionary", True, "direction where the number is the size of a change"),
        ("delta", "float64", True, "signed size of the change"),
        ("comparison", "dictionary", True, "direction of a difference between two things"),
        ("basis", "string", True, "what it is taken against: yoy, pop or the text's words"),
        ("when", "string", True, "kinds year and date: EDTF (ISO 8601-2)"),
        ("date_start", "date32", True, "first day of when, inclusive"),
        ("date_end", "date32", True, "last day of when, inclusive"),
        ("date_from", "dictionary", True, "where the year of when comes from"),
        ("subject", "string", True, "entity the number is about, in the document's words"),
        ("subject_id", "string", True, "key into entities"),
        ("attribute", "string", True, "property measured or thing counted; the event for year and date"),
        ("subject_line", "int32", True, "line where the subject's words begin"),
        ("attribute_line", "int32", True, "line where the attribute's words begin"),
        ("subject_byte_start", "int64", True, "first byte of the subject's words"),
        ("subject_byte_end", "int64", True, "byte behind the subject's words"),
        ("attribute_byte_start", "int64", True, "first byte of the attribute's words"),
        ("attribute_byte_end", "int64", True, "byte behind the attribute's words"),
        ("period_start", "date32", True, "first day for which the claim holds, inclusive"),
        ("period_end", "date32", True, "last day for which the claim holds, inclusive"),
        ("period_from", "dictionary", True, "where the period comes from"),
        ("rule", "string", False, "id of the rule in rules/ that found the number"),
        ("link_rule", "string", True, "id of the mechanism that chose subject and attribute"),
        *_CONTEXT,
        ("modality", "dictionary", False, "whether it is said to be so, foreseen, aimed at, possible or denied"),
        ("statistic", "dictionary", True, "what sort of figure it is, where its clause says so"),
        ("attributed_to", "string", True, "who says so, in the document's words"),
        ("attributed_line", "int32", True, "line where these words begin"),
        ("link_score", "float64", True, "probability that subject and attribute are right; null for cells of tables"),
        *_IN_FILE,
        ("shared", "string", True, "scale and unit that stand elsewhere (list, range, header): read surface with it"),
        ("reference", "date32", True, "first day of the year or month that a time without its own year counts from"),
    ),
    "entities": (
        ("entity_id", "string", False, "key of the entity, the same in every document"),
        ("name", "string", False, "the name it goes by"),
        ("type", "dictionary", False, "what it is"),
        ("aliases", "list<string>", False, "its other names, sorted"),
        ("iso", "string", True, "ISO 3166 code for countries and Chinese provinces"),
        ("mentions", "int32", False, "number of rows in mentions"),
        ("facts", "int32", False, "number of facts with this subject_id"),
    ),
    "mentions": (
        ("entity_id", "string", False, "key into entities"),
        *_KEY,
        *_PLACE,
        ("surface", "string", False, "the words that stand there"),
    ),
    "documents": (
        *_KEY,
        ("copies", "list<string>", False, "further sources with the same content, sorted"),
        ("sha256", "string", False, "SHA-256, hexadecimal"),
        ("size", "int64", False, "bytes"),
        ("encoding", "string", False, "encoding it was read in"),
        ("stream", "dictionary", False, "what byte positions count in"),
        ("lines", "int32", False, "number of lines"),
        ("characters", "int64", False, "number of characters, line ends left out"),
        ("title", "string", True, "headline, where one was found"),
        ("publisher", "string", True, "who published it, where it says so"),
        ("published", "date32", True, "when it was published, where known"),
        ("facts", "int32", False, "number of its rows in facts"),
        ("rejects", "int32", False, "number of its rows in rejects, duplicates of it left out"),
    ),
    "lines": (
        ("doc_id", "string", False, "key into documents"),
        ("line", "int32", False, "number of the line, from 1"),
        ("byte_start", "int64", False, "first byte in the text stream"),
        ("byte_end", "int64", False, "byte behind the last one, line end left out"),
        ("text", "string", False, "its characters without the line end"),
        ("role", "dictionary", False, "what part of the layout it belongs to"),
        *_CONTEXT,
        *_IN_FILE,
    ),
    "rejects": (
        ("source", "string", False, "path relative to the input root"),
        ("doc_id", "string", True, "key into documents, where there is one"),
        ("stage", "string", False, "stage that did not accept it"),
        ("line_start", "int32", True, "line on which it begins"),
        ("surface", "string", True, "what stands there"),
        ("reason", "string", False, "why, as one word"),
        ("detail", "string", False, "why, as a sentence"),
    ),
}
"""Every table's columns in the contract's order, rows of a table being one of what it is named after."""
MEANINGS: Final[dict[str, str]] = {
    "facts": "one row for each numeric expression that states something",
    "entities": "one row for each entity, over all documents",
    "mentions": "one row for each place where an entity is named",
    "documents": "one row for each content that was read",
    "lines": "one row for each line of every document",
    "rejects": "one row for everything that was not accepted, and why",
}
"""What a row of each table is."""
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "facts": ("fact_id",),
    "entities": ("entity_id",),
    "documents": ("doc_id",),
    "lines": ("doc_id", "line"),
}
"""Columns that name a row of a table, and no other."""
FOREIGN: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("facts", "subject_id", "entities", "entity_id"),
    ("mentions", "entity_id", "entities", "entity_id"),
    ("facts", "doc_id", "documents", "doc_id"),
    ("mentions", "doc_id", "documents", "doc_id"),
    ("lines", "doc_id", "documents", "doc_id"),
    ("rejects", "doc_id", "documents", "doc_id"),
)
"""(table, column, other table, its key): where a column leads."""


def _schema(table: str) -> pa.Schema:
    """Arrow schema of a table, descriptions as field metadata, e.g. for `facts`."""
    fields = [
        pa.field(name, TYPES[kind], nullable=null, metadata={"description": meaning})
        for name, kind, null, meaning in COLUMNS[table]
    ]
    about = {"zhfacts.contract": CONTRACT, "zhfacts.table": table, "description": MEANINGS[table]}
    return pa.schema(fields, metadata=about)


SCHEMAS: Final[dict[str, pa.Schema]] = {table: _schema(table) for table in COLUMNS}


def markdown() -> str:
    """The contract's tables as Markdown, one heading and one table each, as `zhfacts schema` prints it."""
    parts = [f"# Tables of zhfacts, contract version {CONTRACT}"]
    for table, columns in COLUMNS.items():
        parts.append(f"\n## {table}.parquet\n\n| column | Arrow type | null | meaning |\n| --- | --- | --- | --- |")
        for name, kind, null, meaning in columns:
            words = f": {' '.join(f'`{word}`' for word in WORDS[name])}" if kind == "dictionary" else ""
            parts.append(f"| `{name}` | {kind} | {'yes' if null else 'no'} | {meaning}{words} |")
    return "\n".join(parts) + "\n"


def as_json() -> str:
    """The contract's tables as a JSON document with `contract` and, per table, its columns in order."""
    tables = {
        table: [
            {
                "name": name,
                "type": kind,
                "nullable": null,
                "description": meaning,
                **({"values": list(WORDS[name])} if kind == "dictionary" else {}),
            }
            for name, kind, null, meaning in columns
        ]
        for table, columns in COLUMNS.items()
    }
    return json.dumps({"contract": CONTRACT, "tables": tables}, ensure_ascii=False, indent=2) + "\n"
