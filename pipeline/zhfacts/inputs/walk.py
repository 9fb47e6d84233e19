"""Inputs to files, one by one in the order of their sources, however many there are: 新闻/一月.txt.

Example: below 新闻, 一月.txt comes before 一月/二.txt, as their sources are ordered. Only the names of the folders
that lie on the way to the file at hand are held.
"""

from __future__ import annotations

import gzip
import heapq
import os
import stat
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

from zhfacts.documents import METADATA
from zhfacts.documents import STDIN as DASH
from zhfacts.errors import InputError
from zhfacts.inputs.base import READABLE, SUFFIXES, Fault, RefusedError, reject, shown
from zhfacts.records import Reject

STDIN: Final = Path(DASH)
Found = tuple[str, Path, Fault | None]
"""A source, its file, and what is wrong about it."""


def walk(inputs: Sequence[Path]) -> Iterator[Found]:
    """All that is not hidden under files and folders, in order of source, each source once.

    Raises InputError where an input is missing.
    """
    ways = [_walk(label, root) for label, root in _labels(inputs)]
    for _, root in _labels(inputs):
        if root != STDIN:
            _is_folder(root, missing_ok=False)
    found = ways[0] if len(ways) == 1 else heapq.merge(*ways, key=itemgetter(0))
    return _distinct(item for item in found if item[1].name != METADATA)


def find(inputs: Sequence[Path]) -> tuple[list[tuple[str, Path]], list[Reject]]:
    """Documents under files and folders as (source, path), sorted by source, and what is no document.

    Raises InputError where an input is missing, or where all inputs together hold no document.
    """
    walked = list(walk(inputs))
    rejects = [reject(source, *fault) for source, _, fault in walked if fault]
    found = [(source, path) for source, path, fault in walked if not fault]
    if not found:
        raise nothing(inputs, rejects[:3])
    return found, rejects


def nothing(inputs: Sequence[Path], rejects: Sequence[Reject]) -> InputError:
    """The error for inputs that hold no document."""
    where = ", ".join(shown(str(path)) for path in inputs) or "an empty list of inputs"
    seen = "".join(f" {each.source}: {each.detail}" for each in rejects)
    return InputError(f"No document to read in {where}. {READABLE}, hidden ones are not.{seen}")


def _distinct(found: Iterator[Found]) -> Iterator[Found]:
    """Put -2, -3, … behind a source that is met again: 新闻.txt, 新闻.txt-2. What is renamed finds its place anew."""
    renamed: list[tuple[str, int, Found]] = []
    taken: set[str] = set()
    last = None
    for number, item in enumerate(found):
        while renamed and renamed[0][0] <= item[0]:
            yield heapq.heappop(renamed)[2]
        base = source = item[0]
        count = 1
        while source == last or source in taken:
            source = f"{base}-{(count := count + 1)}"
        if source == base:
            last = source
            yield item
        else:
            taken.add(source)
            heapq.heappush(renamed, (source, number, (source, *item[1:])))
    while renamed:
        yield heapq.heappop(renamed)[2]


def _walk(label: str, root: Path) -> Iterator[Found]:
    """Yield all that is not hidden below an input, with what is wrong about it."""
    if root == STDIN or not _is_folder(root, missing_ok=False):
        yield shown(label or name_of(root)), root, None
        return
    entries = _entries(root)
    if isinstance(entries, OSError):
        yield shown(label or name_of(root)), root, why(entries)
    elif not entries:
        yield shown(label or name_of(root)), root, ("empty", "The folder holds nothing to read")
    else:
        yield from _below(label and f"{label}/", entries)


def _below(prefix: str, entries: list[tuple[Path, bool]]) -> Iterator[Found]:
    """All below a folder; the folders on the way are a stack, for they may lie deeper than calls may."""
    ways = [(prefix, iter(entries))]
    while ways:
        prefix, rest = ways[-1]
        path, is_folder = next(rest, (None, False))
        if path is None:
            ways.pop()
            continue
        source = shown(prefix + path.name)
        if not is_folder:
            yield source, path, fault_of_name(path.name)
        elif path.is_symlink():
            yield source, path, ("unsupported_type", "A link to a folder is not followed")
        else:
            inside = _entries(path)
            if isinstance(inside, OSError):
                yield source, path, why(inside)
            else:
                ways.append((f"{prefix}{path.name}/", iter(inside)))


def fault_of_name(name: str) -> Fault | None:
    """What is wrong about a file in a folder whose name has none of the endings that are read."""
    return None if name.lower().endswith(SUFFIXES) else ("unsupported_type", "Its name ends otherwise")


def _entries(folder: Path) -> list[tuple[Path, bool]] | OSError:
    """What lies in a folder and is not hidden, in the order in which the sources of all below it are sorted."""
    try:
        with os.scandir(folder) as entries:
            found = [(Path(entry.path), _opens(entry)) for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        return error

    def key(entry: tuple[Path, bool]) -> tuple[str, str]:
        path, is_folder = entry
        opened = is_folder and not path.is_symlink()  # what is below it has a / behind its name
        return f"{shown(path.name)}{'/' * opened}", path.name

    return sorted(found, key=key)


def _opens(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: left to the reader, which says why
        return False


def _is_folder(path: Path, *, missing_ok: bool = True) -> bool:
    """Whether it is a folder; what cannot be looked at is left to the reader, which says why."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        if missing_ok or why(error)[0] != "not_found":
            return False
        where = shown(f"{path} (looked up from {Path.cwd()})")
        raise InputError(f"Input not found: {where}. Give a file or folder that exists.") from error


def _labels(inputs: Sequence[Path]) -> list[tuple[str, Path]]:
    """Say what the sources under each input begin with, whatever the order of the inputs."""
    if len(inputs) == 1:
        return [("", inputs[0])]
    names = Counter(map(name_of, inputs))
    taken: set[str] = set()
    labels = []
    for path in sorted(inputs, key=lambda path: str(path.absolute())):
        name = name_of(path)
        full = f"{name_of(path.parent)}/{name}" if names[name] > 1 else name
        labels.append((unique(full.lstrip("/"), taken), path))
    return labels


def name_of(path: Path) -> str:
    """The name of a file or folder, that of . and .. too."""
    return path.name if path.name not in ("", "..") else path.resolve().name


def unique(label: str, taken: set[str]) -> str:
    """Put -2, -3, … behind a label that is taken: 新闻, 新闻-2."""
    free, number = label, 1
    while free in taken:
        free = f"{label}-{(number := number + 1)}"
    taken.add(free)
    return free


def why(error: Exception) -> Fault:
    """Reason and words for what stopped a file, without the system's own copy of the path."""
    match error:
        case RefusedError():
            return error.args[0], error.args[1]
        case gzip.BadGzipFile() | EOFError() | zlib.error():
            return "bad_gzip", str(error)
        case FileNotFoundError() | NotADirectoryError() | ValueError():  # ValueError: a NUL in the path
            return "not_found", "No such file or folder"
        case PermissionError():
            return "no_permission", "Permission denied"
    return "unreadable", str(getattr(error, "strerror", None) or error)
