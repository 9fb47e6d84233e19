"""The cache in an output folder: what each document gave, under the key of all that it hangs on.

Example: outputs/.zhfacts-cache/3f….json.z holds the results of one file, compressed, behind their SHA-256.
An entry that is damaged, foreign or not ours to read is passed over, and the document worked on anew. Whatever
goes wrong here costs time and nothing else: no fault of the cache ever ends a run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from zhfacts.cache.columns import BadEntry, made, plain
from zhfacts.records import Result

FOLDER: Final = ".zhfacts-cache"
SEAL: Final = "last.json.z"
MOST: Final = 1 << 30
"""Bytes that all entries together may take; the longest unused go first."""
MOST_ENTRY: Final = 64 << 20
"""Bytes of one entry, before compression: what a hostile one could have us unpack."""
OURS: Final = re.compile(r"(?:[0-9a-f]{64}|last)\.json\.z(?:\.tmp)?")
_LEVEL: Final = 1


class Store:
    """Entries of one folder; made by the one run that holds the folder's lock."""

    def __init__(self, out: Path, most: int = MOST) -> None:
        self._folder = out / FOLDER
        self._most = most
        self._old = self._found()
        self._size = sum(size for _, _, size in self._old)
        self._used: set[str] = set()
        self._full = False

    def _found(self) -> list[tuple[int, str, int]]:
        """Time of last use, name and size of every entry, the latest first; what a killed run left half is removed."""
        found = []
        with suppress(OSError):
            if self._folder.is_symlink():
                return []
            for entry in os.scandir(self._folder):
                if OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(".tmp"):
                        Path(entry.path).unlink()
                    else:
                        found.append((about.st_mtime_ns, entry.name, about.st_size))
        return sorted(found, reverse=True)

    def has(self, key: str) -> bool:
        """Whether there is an entry, good or bad."""
        return not self._folder.is_symlink() and (self._folder / f"{key}.json.z").is_file()

    def get(self, key: str, source: str) -> list[Result] | None:
        """The results of the file that is now called `source`; None where there is no entry that holds."""
        said = self._read(f"{key}.json.z", key)
        try:
            results = None if said is None else made(said, source)
        except BadEntry:
            return None
        if results is not None:
            self._used.add(f"{key}.json.z")
            with suppress(OSError):
                os.utime(self._folder / f"{key}.json.z")
        return results

    def put(self, key: str, source: str, results: Iterable[Result]) -> None:
        """Keep the results of a file, without its name."""
        entry = self.entry(key, source)
        for result in results:
            entry.add(result)
        entry.close()

    def entry(self, key: str, source: str) -> Entry:
        """An entry for the results of a file, to be given one by one."""
        return Entry(self, key, source)

    def keep(self, key: str, packed: bytes) -> None:
        """Write an entry that has been packed."""
        self._write_packed(f"{key}.json.z", packed)

    def seal(self, inputs: str, run: str) -> None:
        """Remember that run.json with this SHA-256 tells of these inputs."""
        self._write(SEAL, "last", {"inputs": inputs, "run": run})

    def sealed(self) -> tuple[str, str] | None:
        """What the last seal says: inputs, SHA-256 of run.json."""
        said = self._read(SEAL, "last")
        if not isinstance(said, dict) or {*map(type, said.values())} != {str} or said.keys() != {"inputs", "run"}:
            return None
        return said["inputs"], said["run"]

    def _read(self, name: str, key: str) -> Any:
        """What an entry holds; None where it is not there, too large, not whole, or another's."""
        try:
            if self._folder.is_symlink():
                return None
            # a link or a pipe in the place of a file would lead elsewhere or hang
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with open(os.open(self._folder / name, flags | getattr(os, "O_BINARY", 0)), "rb") as file:  # noqa: PTH123  # Path.open takes no descriptor
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_ENTRY:
                    return None
                packed = file.read()
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(packed[32:], MOST_ENTRY)
            if not unpacker.eof or _digest(key, text) != packed[:32]:
                return None
            return json.loads(text)
        except (OSError, zlib.error, ValueError, RecursionError):
            return None

    def _write(self, name: str, key: str, said: Any) -> None:
        """Write JSON whole or not at all; a full disk or missing rights end the writing for this run."""
        try:
            text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            return
        if len(text) <= MOST_ENTRY:
            self._write_packed(name, _digest(key, text) + zlib.compress(text, _LEVEL))

    def _write_packed(self, name: str, packed: bytes) -> None:
        if self._full or not self._make_room(len(packed)):
            return
        half = self._folder / f"{name}.tmp"
        try:
            self._folder.mkdir(exist_ok=True)
            self._full = self._folder.is_symlink()
            if not self._full:
                half.write_bytes(packed)
                half.replace(self._folder / name)
                self._used.add(name)
        except OSError:
            self._full = True
            with suppress(OSError):
                half.unlink()

    def _make_room(self, size: int) -> bool:
        """Remove what was longest unused until `size` bytes more fit; False where this run's own fill it all."""
        self._size += size
        while self._size > self._most and self._old:
            _, name, freed = self._old.pop()
            if name not in self._used:
                with suppress(OSError):
                    (self._folder / name).unlink()
                    self._size -= freed
        if self._size > self._most:
            self._size -= size
            return False
        return True


class Entry:
    """An entry that grows: packed as it comes, and given up once it is larger than one may be."""

    def __init__(self, store: Store, key: str, source: str) -> None:
        self._store, self._key, self._source = store, key, source
        self._digest = hashlib.sha256(key.encode() + b"\0")
        self._packer = zlib.compressobj(_LEVEL)
        self._packed: list[bytes] = []
        self._size = 0
        self._given_up = False

    def add(self, result: Result) -> None:
        """Take one more result of the file."""
        if self._given_up:
            return
        try:
            (said,) = plain([result], self._source)
            text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
            self._take(("," if self._size else "[") + text)
        except (BadEntry, UnicodeEncodeError):
            self.give_up()

    def give_up(self) -> None:
        """Keep nothing of this file."""
        self._given_up, self._packed = True, []

    def close(self) -> None:
        """Write the entry, where all of it may be kept."""
        if not self._given_up:
            self._take("]" if self._size else "[]")
        if not self._given_up:
            self._packed.append(self._packer.flush())
            self._store.keep(self._key, self._digest.digest() + b"".join(self._packed))

    def _take(self, text: str) -> None:
        raw = text.encode()
        self._size += len(raw)
        self._digest.update(raw)
        self._packed.append(self._packer.compress(raw))
        if self._size > MOST_ENTRY:
            self.give_up()


def _digest(key: str, text: bytes) -> bytes:
    """What stands before an entry: it holds for this key alone, or an entry could be renamed."""
    return hashlib.sha256(key.encode() + b"\0" + text).digest()
