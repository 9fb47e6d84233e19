"""Inputs, local or anywhere that fsspec reaches, in partitions: neighbours in the order of sources, about as large.

Example: 40 files of 1 MB become 20 partitions of two. Which files share one hangs on their names and sizes alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zhfacts.errors import InputError
from zhfacts.inputs.base import reject, shown
from zhfacts.metadata import About
from zhfacts.records import Reject
from zhfacts.running.plan import size_of, survey
from zhfacts.running.storage import files, is_remote

LEAST: Final = 1 << 20
MOST: Final = 128 << 20
WANTED: Final = 512
"""Bytes of a partition, and how many there are to be between these bounds: many machines share them evenly."""
MOST_FILES: Final = 4096


@dataclass(frozen=True, slots=True)
class File:
    """A file, its place (a path or a URL) and what is said of it; or why it is left out."""

    source: str
    place: str
    about: About = field(default_factory=About)
    size: int = 0
    left_out: Reject | None = None


@dataclass(frozen=True)
class Partition:
    """Files that one worker has, and what it must know of the documents of others."""

    number: int
    files: tuple[File, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    """For contents that an earlier partition has: the source under which they stand there."""
    copies: Mapping[str, list[str]] = field(default_factory=dict)
    """For contents of this partition: the sources under which later ones have them."""


def partitions(inputs: Sequence[str]) -> list[Partition]:
    """All inputs in partitions; InputError where one is missing or none holds a document."""
    found = list(_files(inputs))
    most = min(MOST, max(LEAST, sum(file.size for file in found) // WANTED))
    parts: list[list[File]] = [[]]
    size = 0
    for file in found:
        if parts[-1] and (size + file.size > most or len(parts[-1]) >= MOST_FILES):
            parts.append([])
            size = 0
        parts[-1].append(file)
        size += file.size
    return [Partition(number, tuple(part)) for number, part in enumerate(parts)]


def _files(inputs: Sequence[str]) -> Iterator[File]:
    """Every file with its source, in order of source."""
    remote = [place for place in inputs if is_remote(place)]
    if not remote:
        for item in survey([Path(place) for place in inputs]).items():
            if isinstance(item, Reject):
                yield File(item.source, "", left_out=item)
            else:
                yield File(item[0], str(item[1]), item[2], size_of(item[1]))
        return
    if len(remote) < len(inputs):
        raise InputError("give either paths or URLs as inputs, not both at once")
    names = [place.rstrip("/").rpartition("/")[2] for place in remote]
    if len(set(names)) < len(names):
        raise InputError("inputs at URLs must have different last names, for their sources begin with them")
    alone = len(remote) == 1
    ways = [_below(place, "" if alone else name) for place, name in zip(remote, names, strict=True)]
    listed = list(heapq.merge(*ways, key=lambda file: file.source))
    if all(file.left_out for file in listed):
        raise InputError(f"No document to read in {', '.join(remote)}; `zhfacts extract --help` says what is read")
    yield from listed


def _below(place: str, label: str) -> Iterator[File]:
    for source, url, size, fault in files(place):
        name = shown(f"{label}/{source}" if label and source != label else source)
        yield File(name, url, size=size, left_out=reject(name, *fault) if fault else None)
