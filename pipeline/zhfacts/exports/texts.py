r"""Documents' texts put together again from lines.parquet, one at a time, in the order of the tables.

Example: a document whose lines 远岚集团 and 增长8.7%。 end with CR LF is "远岚集团\r\n增长8.7%。".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from zhfacts.tables.lazy import batches

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A document's decoded text, its byte order mark left out, and where in it each line begins, by number."""

    text: str
    starts: Mapping[int, int]

    def at(self, line: int, column: int) -> int:
        """The character (code point) at a column of a line."""
        return self.starts[line] + column


def texts(out: Path, info: dict[str, Any], wanted: Iterable[str]) -> Iterator[tuple[str, Text]]:
    """doc_id and text of the documents that are wanted, in the order in which the tables have them."""
    documents = {row["doc_id"]: row for rows in batches(out, "documents", info) for row in rows}
    chosen = frozenset(wanted)
    lines = (row for rows in batches(out, "lines", info) for row in rows)
    for doc_id, found in groupby(lines, itemgetter("doc_id")):
        if doc_id in chosen:
            yield doc_id, joined(list(found), _width(documents[doc_id]))


def joined(lines: list[Row], width: int) -> Text:
    """Lines with their ends between them, which lines.parquet holds as gaps of bytes, `width` for a character.

    A line that could not be decoded has no characters; a lone CR is taken for LF, as long as it is.
    """
    parts: list[str] = []
    starts, at = {}, 0
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        gap = (following["byte_start"] - line["byte_end"]) // width if following else 0
        starts[line["line"]] = at
        parts.append(line["text"] + ("\r\n" if gap == 2 else "\n" * gap))
        at += len(parts[-1])
    return Text("".join(parts), starts)


def _width(document: Row) -> int:
    """Bytes of a line end's character in a document's text stream."""
    return 2 if document["stream"] != "text" and document["encoding"].startswith("utf-16") else 1
