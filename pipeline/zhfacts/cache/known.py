"""What a run knows from runs before: which documents, and whether anything at all has changed.

Example: of three files one has changed: two come from the store, the third from an engine, in the order of the
files. Where none has changed and the tables are whole, they stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhfacts.cache import keys
from zhfacts.cache.store import Entry, Store
from zhfacts.errors import OutputError
from zhfacts.read import STDIN, has_records
from zhfacts.records import CHANCE, Reject, Result
from zhfacts.tables import publish

if TYPE_CHECKING:
    from zhfacts.metadata import About

Item = tuple[str, Path, "About"]
UNSURE: Final = CHANCE | {"internal_error", "not_found", "no_permission", "unreadable", "needs_extra"}
"""Reasons that another run over the same bytes may not find: such results are not kept."""
MOST_CONTENTS: Final = 100_000
"""Files whose content is remembered from one look to the next; those of more are read once more for it."""


class Inputs:
    """All that the tables are made of, as it comes, in one SHA-256; None where some may be another the next time."""

    def __init__(self, base: str) -> None:
        self._total = hashlib.sha256(base.encode())
        self._unsure = False

    def add(self, item: Item, key: str | None) -> None:
        """A file that is read."""
        source, _, about = item
        self._take([source, key, about.title, about.publisher])
        self._unsure |= key is None

    def leave_out(self, reject: Reject) -> None:
        """A file that is not."""
        self._take(list(reject))
        self._unsure |= reject.reason in UNSURE

    def doubt(self) -> None:
        """Something has changed while it was read."""
        self._unsure = True

    def digest(self) -> str | None:
        """The digest of all so far."""
        return None if self._unsure else self._total.hexdigest()

    def _take(self, said: list[Any]) -> None:
        self._total.update(json.dumps(said, separators=(",", ":")).encode() + b"\n")


class Keeping:
    """The results of one file while they come, to be remembered if the same bytes will always give them."""

    def __init__(self, known: Known, item: Item, entry: Entry | None) -> None:
        self._known, self._item, self._entry, self._unsure = known, item, entry, entry is None

    def add(self, result: Result) -> None:
        """One more result."""
        self._unsure |= any(reject.reason in UNSURE for reject in result.rejects)
        if self._entry and not self._unsure:
            self._entry.add(result)

    def close(self) -> None:
        """Keep them, if they are sure and of the bytes that the file has now."""
        if self._unsure or self._entry is None or self._known.has_changed(self._item):
            self._known.inputs.doubt()
        else:
            self._entry.close()


class Known:
    """The cache as one run sees it; `force` believes nothing of it, and writes it anew."""

    def __init__(self, out: Path, base: str, *, force: bool) -> None:
        self._out = out
        self._store = Store(out)
        self._force = force
        self._base = base
        self._contents: dict[str, str | None] = {}
        self.inputs = Inputs(base)

    def has(self, item: Item) -> bool:
        """Whether there is an entry for a file, good or bad."""
        key = self._key(item)
        return not self._force and key is not None and self._store.has(key)

    def results(self, item: Item) -> tuple[Result, ...] | None:
        """What a file gave before; None where that is not known, or its entry does not hold."""
        key = self._key(item)
        found = None if self._force or key is None else self._store.get(key, item[0])
        return None if found is None else tuple(found)

    def keeping(self, item: Item) -> Keeping:
        """What remembers the results of a file that is worked on."""
        key = self._key(item)
        return Keeping(self, item, None if key is None else self._store.entry(key, item[0]))

    def see(self, item: Item) -> None:
        """Note that the tables will be made of this file, too."""
        self.inputs.add(item, self._key(item))

    def forget(self, item: Item) -> None:
        """A file is done with."""
        self._contents.pop(item[0], None)

    def has_changed(self, item: Item) -> bool:
        """Whether a file has other bytes than at first sight."""
        return _content(item[1]) != self._content(item)

    def unchanged(self, found: Iterable[Item | Reject]) -> dict[str, Any] | None:
        """run.json of a run over the very same inputs, where its tables are whole; else None."""
        sealed = None if self._force else self._store.sealed()
        if sealed is None or sealed[1] != _run_digest(self._out):
            return None
        inputs = Inputs(self._base)
        for item in found:
            if isinstance(item, Reject):
                inputs.leave_out(item)
            else:
                inputs.add(item, self._key(item))
        if inputs.digest() != sealed[0]:
            return None
        self.inputs = inputs
        try:
            info = publish.read_info(self._out)
        except OutputError:
            return None
        return info if publish.intact(self._out, info) else None

    def seal(self) -> None:
        """Remember that the tables that have just been put in place are of the inputs that were seen."""
        inputs, run = self.inputs.digest(), _run_digest(self._out)
        if inputs is not None and run is not None:
            self._store.seal(inputs, run)

    def _key(self, item: Item) -> str | None:
        content = self._content(item)
        published = item[2].published
        return content and keys.digest(self._base, content, published and published.isoformat())

    def _content(self, item: Item) -> str | None:
        """What a file held at first sight."""
        if item[0] not in self._contents:
            content = _content(item[1])
            if len(self._contents) >= MOST_CONTENTS:
                self._contents.pop(next(iter(self._contents)))
            self._contents[item[0]] = content
        return self._contents[item[0]]


def _content(path: Path) -> str | None:
    """What a file holds, in short; None where it cannot be known, as of standard input."""
    return None if path == STDIN else keys.content(path, records=has_records(path))


def _run_digest(out: Path) -> str | None:
    """SHA-256 of run.json as it stands; None where there is none."""
    try:
        return hashlib.sha256((out / publish.INFO).read_bytes()).hexdigest()
    except OSError:
        return None
