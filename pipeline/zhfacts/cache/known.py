"""What a run knows from runs before: which documents, and whether anything at all has changed.

Example: of three files one has changed: two come from the store, the third from an engine, in the order of the
files. Where none has changed and the tables are whole, they stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhfacts.cache import keys
from zhfacts.cache.store import Store
from zhfacts.errors import OutputError
from zhfacts.read import STDIN, has_records
from zhfacts.records import CHANCE, Reject, Result
from zhfacts.tables import publish

if TYPE_CHECKING:
    from zhfacts.metadata import About

Item = tuple[str, Path, "About"]
UNSURE: Final = CHANCE | {"internal_error", "not_found", "no_permission", "unreadable", "needs_extra"}
"""Reasons that another run over the same bytes may not find: such results are not kept."""


class Known:
    """The cache as one run sees it; `force` believes nothing of it, and writes it anew."""

    def __init__(self, out: Path, base: str, items: Sequence[Item], rejects: Sequence[Reject], *, force: bool) -> None:
        self._out = out
        self._store = Store(out)
        self._force = force
        self._base = base
        self._contents = {item[0]: _content(item[1]) for item in items}
        self._inputs = self._digest(items, rejects)

    def has(self, item: Item) -> bool:
        """Whether there is an entry for a file, good or bad."""
        key = self._key(item)
        return not self._force and key is not None and self._store.has(key)

    def results(self, item: Item) -> tuple[Result, ...] | None:
        """What a file gave before; None where that is not known, or its entry does not hold."""
        key = self._key(item)
        found = None if self._force or key is None else self._store.get(key, item[0])
        return None if found is None else tuple(found)

    def keep(self, item: Item, results: Sequence[Result]) -> None:
        """Remember what a file gave, if the same bytes will always give it and are the ones that were read."""
        key = self._key(item)
        unsure = any(reject.reason in UNSURE for result in results for reject in result.rejects)
        if unsure or key is None or _content(item[1]) != self._contents[item[0]]:
            self._inputs = None
        else:
            self._store.put(key, item[0], results)

    def unchanged(self) -> dict[str, Any] | None:
        """run.json of a run over the very same inputs, where its tables are whole; else None."""
        sealed = None if self._force or self._inputs is None else self._store.sealed()
        if sealed is None or sealed != (self._inputs, _run_digest(self._out)):
            return None
        try:
            info = publish.read_info(self._out)
        except OutputError:
            return None
        return info if publish.intact(self._out, info) else None

    def seal(self) -> None:
        """Remember that the tables that have just been put in place are of these inputs."""
        run = _run_digest(self._out)
        if self._inputs is not None and run is not None:
            self._store.seal(self._inputs, run)

    def _key(self, item: Item) -> str | None:
        content = self._contents[item[0]]
        published = item[2].published
        return content and keys.digest(self._base, content, published and published.isoformat())

    def _digest(self, items: Sequence[Item], rejects: Sequence[Reject]) -> str | None:
        """SHA-256 of all that the tables are made of; None where some of it may be another the next time."""
        of_items = [
            (source, self._key((source, path, about)), about.title, about.publisher) for source, path, about in items
        ]
        if any(key is None for _, key, *_ in of_items) or any(reject.reason in UNSURE for reject in rejects):
            return None
        return keys.digest(self._base, of_items, [astuple(reject) for reject in rejects])


def _content(path: Path) -> str | None:
    """What a file holds, in short; None where it cannot be known, as of standard input."""
    return None if path == STDIN else keys.content(path, records=has_records(path))


def _run_digest(out: Path) -> str | None:
    """SHA-256 of run.json as it stands; None where there is none."""
    try:
        return hashlib.sha256((out / publish.INFO).read_bytes()).hexdigest()
    except OSError:
        return None
