"""Which document of a run an annotation is of: its `doc` is the beginning of the file's name, or the whole source.

Example: "101" is 101_newspaper.txt, wherever below the input it lay; "news/a.jsonl#17" is that record alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from zhfacts.errors import InputError

MOST: Final = 3
"""Names that a message gives as examples."""


def match(doc: str, documents: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row of the document that is meant, None where there is none; InputError where it could be several.

    The whole source wins over the name of the file, this over its beginning up to a letter or digit, and this
    over any beginning. Documents that were left out as copies of another are known by their sources too.
    """
    for fits in (_is_source, _is_name, _begins_whole, _begins):
        found = [row for row in documents if any(fits(doc, source) for source in sources(row))]
        if len(found) == 1:
            return found[0]
        if found:
            names = _some(row["source"] for row in found)
            raise InputError(f"doc {doc!r} of the annotation could be {names}; write the whole source")
    return None


def sources(row: Mapping[str, Any]) -> list[str]:
    """All names of a document."""
    return [row["source"], *row["copies"]]


def _name(source: str) -> str:
    """The name of the file, with the id of a record."""
    path, mark, record = source.partition("#")
    return path.rpartition("/")[2] + mark + record


def _is_source(doc: str, source: str) -> bool:
    return source == doc


def _is_name(doc: str, source: str) -> bool:
    return _name(source) == doc


def _begins_whole(doc: str, source: str) -> bool:
    """Whether the name goes on with neither a letter nor a digit: 10 begins 10_news.txt so, but not 101_news.txt."""
    name = _name(source)
    return name.startswith(doc) and not name[len(doc) : len(doc) + 1].isalnum()


def _begins(doc: str, source: str) -> bool:
    return _name(source).startswith(doc)


def _some(names: Iterable[str]) -> str:
    """Some names and how many more there are."""
    found = list(names)
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return " or ".join(found[:MOST]) + more
