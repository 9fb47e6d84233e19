"""From inputs to tasks, one by one in the order of sources, whatever the number of files and records.

Example: `survey` goes over all inputs once, to count them and to find at once what is wrong with a metadata.csv;
`Plan` then goes over them again and gives the tasks as workers have room for them. No listing is held.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path

from zhfacts.cache.known import Item, Known
from zhfacts.documents import FACT_ROLES
from zhfacts.engines import pool
from zhfacts.flow import Settings, died
from zhfacts.inputs.base import reject
from zhfacts.inputs.walk import nothing
from zhfacts.metadata import About, Abouts
from zhfacts.read import STDIN, Columns, Raw, has_records, open_records, walk
from zhfacts.records import Reject
from zhfacts.running.tasks import Task

BATCH, BATCH_CHARACTERS = 64, 40_000
"""Records, or characters of them, that go to a worker at a time."""
CUT_FROM = 1_000_000
"""Bytes of a text file that several workers may share."""
CUTTABLE = (".txt", ".md", ".txt.gz", ".md.gz")
Records = tuple[tuple[str, Raw], ...]


@dataclass(frozen=True)
class Survey:
    """What lies under the inputs: how many documents or files of records, of how many bytes, and what was left out."""

    inputs: Sequence[Path]
    abouts: Abouts
    files: int
    size: int
    missing: list[Reject] = field(default_factory=list)
    """Rejects for rows of metadata.csv without a file, in order of source."""

    def items(self) -> Iterator[Item | Reject]:
        """The files to read, each with what is said of it, and the rejects of others, in order of source."""
        return heapq.merge(_walked(self.inputs, self.abouts), self.missing, key=_source)


def survey(inputs: Sequence[Path]) -> Survey:
    """A first look at the inputs; InputError where one is missing, holds nothing, or a metadata.csv is broken."""
    abouts, files, size = Abouts(inputs), 0, 0
    left_out: list[Reject] = []
    for item in _walked(inputs, abouts):
        if isinstance(item, Reject):
            left_out += [item] if len(left_out) < 3 else []
        else:
            files, size = files + 1, size + size_of(item[1])
    if not files:
        raise nothing(inputs, left_out)
    return Survey(inputs, abouts, files, size, sorted(abouts.missing(), key=attrgetter("source")))


def _walked(inputs: Sequence[Path], abouts: Abouts) -> Iterator[Item | Reject]:
    for source, path, fault in walk(inputs):
        yield reject(source, *fault) if fault else (source, path, abouts.of(source, path))


def _source(item: Item | Reject) -> str:
    return item.source if isinstance(item, Reject) else item[0]


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where it cannot be known."""
    with suppress(OSError, ValueError):
        return path.stat().st_size if path != STDIN else 0
    return 0


class Plan:
    """The tasks of a run. `held` keeps the rejects of files that are no work, by the number of their task."""

    def __init__(self, found: Survey, settings: Settings, past: Known, jobs: int) -> None:
        self._found, self._settings, self._past, self._jobs = found, settings, past, jobs
        self.held: dict[int, Reject] = {}
        self._reader = reader(settings)

    def __iter__(self) -> Iterator[Task]:
        try:
            for number, item in enumerate(self._found.items()):
                if isinstance(item, Reject):
                    self._past.inputs.leave_out(item)
                    self.held[number] = item
                    yield Task(number, item.source, Path(), About(), is_held=True)
                else:
                    self._past.see(item)
                    yield from self._tasks(number, item)
        finally:
            self._reader.end(at_once=True)

    def _tasks(self, number: int, item: Item) -> Iterator[Task]:
        source, path, about = item
        size = size_of(path)
        if path == STDIN or self._past.has(item):  # workers have no standard input
            yield Task(number, source, path, about, size, is_held=True)
        elif has_records(path):
            with_workers = self._jobs > 1
            yield from in_batches(Task(number, source, path, about), self._reader, elsewhere=with_workers)
        else:
            shares = self._shares(path, size)
            yield from (Task(number, source, path, about, size, (share, shares)) for share in range(shares))

    def anew(self, task: Task) -> Iterator[Task]:
        """The tasks of a held file that has to be worked on after all, in this process."""
        task = replace(task, is_held=False)
        if task.path == STDIN or not has_records(task.path):
            yield task
        else:
            yield from in_batches(task, self._reader, elsewhere=False)

    def _shares(self, path: Path, size: int) -> int:
        """In how many shares a file is worked on: in several where others do not keep all workers busy."""
        alone = size * 2 * self._jobs > self._found.size
        if size < CUT_FROM or not alone or self._settings.roles != FACT_ROLES:
            return 1
        return self._jobs if path.name.lower().endswith(CUTTABLE) else 1


Batches = pool.Pool[tuple[str, Path], Records]


def reader(settings: Settings) -> Batches:
    """A process that reads files of records, begun when the first is to be read; end it when all are."""
    return pool.Pool(Reader(Columns(settings.text_column, settings.id_column)), 1, _unreadable)


def in_batches(task: Task, by: Batches, *, elsewhere: bool) -> Iterator[Task]:
    """The tasks of a file of records, some records each, read by a process of its own or, not `elsewhere`, here.

    A file that is made to crash a library takes down this process, and is a reject then.
    """
    item = task.source, task.path
    batches = (batch for _, found in by.results([item]) for batch in found) if elsewhere else by.work(item)
    for records in batches:
        yield replace(task, weight=sum(_length(raw) for _, raw in records), records=records)


@dataclass(frozen=True)
class Reader:
    """Reads a file of records, some at a time."""

    columns: Columns

    def __call__(self, item: tuple[str, Path]) -> Iterator[Records]:
        """The records of the file of a source."""
        yield from batched(open_records(*item, self.columns))


def batched(records: Iterable[tuple[str, Raw]]) -> Iterator[Records]:
    """Records in batches of a bounded size; none of a file without any."""
    batch: list[tuple[str, Raw]] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += _length(record[1])
        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield tuple(batch)
            batch, characters = [], 0
    if batch:
        yield tuple(batch)


def _length(raw: Raw) -> int:
    """About how many characters a record has."""
    if isinstance(raw, Reject):
        return 0
    return len(raw) if isinstance(raw, bytes) else sum(map(len, raw))


def _unreadable(item: tuple[str, Path], done: int, how: str) -> tuple[tuple[Records], None]:
    """What stands in for the rest of a file over which its reader has died."""
    (row,) = died(item[0], how).rejects
    return (((item[0], row),),), None
