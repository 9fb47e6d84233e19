"""What is remembered of all documents while their rows are written: contents met, their copies, and entities.

Example: two files with the same content give one document, the second source in its `copies`, and a `duplicate`
row in rejects. Nothing else of a document is held once its rows are out: one id and source for each content,
one row for each entity, eight bytes for each fact.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhfacts.errors import InvariantError
from zhfacts.records import Reject, Result
from zhfacts.tables import rows
from zhfacts.tables.schema import SCHEMAS

NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Ledger:
    """Contents, copies and entities of the documents so far, in the order of their sources.

    `sources` and `copies` are those that others have met, where several share the documents of a run.
    """

    def __init__(self, sources: Mapping[str, str] = NONE, copies: Mapping[str, list[str]] = NONE) -> None:
        self.sources: dict[str, str] = dict(sources)
        self.copies: dict[str, list[str]] = {key: [*found] for key, found in copies.items()}
        self.entities: dict[str, list[Any]] = {}
        self.facts = array("Q")

    def admit(self, result: Result) -> tuple[Result | None, list[Reject]]:
        """The result where its content is new, and its rejects; a content met again gives a `duplicate` alone.

        Rejects name only documents that are in the tables.
        """
        document = result.document
        if document is not None and (first := self.sources.get(document.doc_id)):
            self.copies.setdefault(document.doc_id, []).append(result.source)
            detail = f"same content as {first}"
            return None, [Reject(result.source, document.doc_id, "read", None, None, "duplicate", detail)]
        if document is not None:
            self.sources[document.doc_id] = result.source
        known = [each if each.doc_id in self.sources else each._replace(doc_id=None) for each in result.rejects]
        return (result if document is not None else None), sorted(known, key=rows.reject_key)

    def enter(self, tables: dict[str, pa.Table]) -> None:
        """Remember what the tables of some documents name."""
        self.facts.extend(map(_number, tables["facts"]["fact_id"].to_pylist()))
        self.merge(tables["entities"])

    def merge(self, entities: pa.Table, first: str = "", last: str = "") -> None:
        """Put entities together with those so far; only ids from `first` to below `last`, where that is said."""
        ours = pc.greater_equal(entities["entity_id"], first)
        if last:
            ours = pc.and_(ours, pc.less(entities["entity_id"], last))
        for key, name, kind, aliases, iso, mentions, facts in zip(
            *entities.filter(ours).to_pydict().values(), strict=True
        ):
            known = self.entities.setdefault(key, [key, name, sys.intern(kind), (), None, 0, 0])
            if aliases:  # few have any
                known[3] = tuple(sorted({*known[3], *aliases}))
            known[4] = known[4] or iso
            known[5] += mentions
            known[6] += facts

    def close(self) -> None:
        """Raise InvariantError where two documents have given facts of one id."""
        seen = np.frombuffer(self.facts, np.uint64) if self.facts else np.empty(0, np.uint64)
        if len(np.unique(seen)) != len(seen):
            raise InvariantError("table facts, column fact_id: an id occurs twice; nothing was published, report this")

    def entity_tables(self, most: int) -> Iterator[pa.Table]:
        """The rows of entities by id, so many at a time."""
        keys = sorted(self.entities)
        for at in range(0, len(keys), most):
            found = (self.entities[key] for key in keys[at : at + most])
            yield rows.table("entities", ((*row[:3], list(row[3]), *row[4:]) for row in found))

    def with_copies(self, documents: pa.Table) -> pa.Table:
        """Rows of documents with the copies that were met after them."""
        ids = pa.array(list(self.copies), pa.string())
        if not len(ids) or not pc.any(pc.is_in(documents["doc_id"], value_set=ids)).as_py():
            return documents
        columns = documents.column("doc_id").to_pylist(), documents.column("copies").to_pylist()
        found = [sorted([*copies, *self.copies.get(key, [])]) for key, copies in zip(*columns, strict=True)]
        field = SCHEMAS["documents"].field("copies")
        at = SCHEMAS["documents"].get_field_index("copies")
        return documents.set_column(at, field, pa.array(found, field.type))


def _number(fact_id: str) -> int:
    """Eight bytes for an id; ids of ours are sixteen hex digits."""
    try:
        return int(fact_id, 16) & 0xFFFF_FFFF_FFFF_FFFF
    except ValueError:
        return int.from_bytes(blake2b(fact_id.encode(), digest_size=8).digest())
