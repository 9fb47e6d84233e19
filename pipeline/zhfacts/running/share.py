"""What one worker of a cluster does with a partition: find out what its documents are, extract them, write its parts.

Example: `Worker(settings, area)(("extract", partition))` leaves 00007-facts-0.parquet and so on in `area`. Documents
are worked on by a process of the worker's own: one that dies takes a document with it, and neither worker nor run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zhfacts.engines import pool
from zhfacts.errors import OutputError
from zhfacts.flow import Settings
from zhfacts.guard import seldom_collected
from zhfacts.metadata import described
from zhfacts.read import has_records
from zhfacts.records import Result
from zhfacts.running import orders
from zhfacts.running.partitions import File, Partition
from zhfacts.running.plan import in_batches, reader
from zhfacts.running.storage import local, put
from zhfacts.running.tasks import Task
from zhfacts.tables.ledger import Ledger
from zhfacts.tables.parts import PART_ROWS, ROW_GROUP, TableWriter, groups, part_files, table_digest
from zhfacts.tables.rows import Digest
from zhfacts.tables.write import Tables

Order = tuple[str, Any]
"""What is to be done ("identify", "extract", "merge"), and with what."""
Known = list[tuple[str, str]]
"""Contents and sources of documents."""


@dataclass(frozen=True)
class Part:
    """A file of a table that a worker has written: where it lies, its rows, bytes and SHA-256."""

    place: str
    count: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Made:
    """What a worker has made of a partition: the parts of each table, the digests of their rows, and counts."""

    parts: dict[str, list[Part]]
    digests: dict[str, Digest]
    kinds: Counter[str]
    reasons: Counter[str]
    refused: int


class Worker:
    """One worker: rules and models are loaded once by its process, which stays from partition to partition."""

    def __init__(self, settings: Settings, area: str) -> None:
        self._area = area
        self._pool: pool.Pool[tuple[str, Task], Any] = pool.Pool(partial(orders.do, settings), 1, orders.lost)
        self._reader = reader(settings)

    def __call__(self, order: Order) -> Any:
        """Do as ordered."""
        what, given = order
        ways: dict[str, Callable[[Any], Any]] = {
            "identify": self.identify, "extract": self.extract, "merge": self.merge,
        }  # fmt: skip
        return ways[what](given)

    def end(self) -> None:
        """End the processes of this worker, as its own end would."""
        for each in (self._pool, self._reader):
            each.end(at_once=True)

    def identify(self, partition: Partition) -> Known:
        """Contents and sources of a partition's documents."""
        found: Known = []
        for file in partition.files:
            if file.left_out is None:
                with local(file.place) as path:
                    task = Task(0, file.source, path, file.about)
                    for _, outs in self._pool.results([("identify", task)]):
                        found += [each for out in outs for each in out]
        return found

    def extract(self, partition: Partition) -> Made:
        """The tables of a partition, written to their place."""
        with TemporaryDirectory(prefix="zhfacts-") as folder:
            build = Path(folder)
            ledger = Ledger(partition.sources, partition.copies)
            with seldom_collected(), Tables(build, PART_ROWS, ledger) as tables:
                for file in partition.files:
                    for result in self._results(file):
                        tables.add(result)
                told = tables.close()
            parts = {name: self._put(build, f"{partition.number:06}", name) for name in told}
            digests = {name: writer.digest for name, writer in tables.writers.items()}
            return Made(parts, digests, tables.kinds, tables.reasons, tables.refused)

    def _results(self, file: File) -> Iterator[Result]:
        if file.left_out is not None:
            yield Result(file.source, None, rejects=(file.left_out,))
            return
        with local(file.place) as path:
            task = Task(0, file.source, path, file.about)
            work = in_batches(task, self._reader, elsewhere=True) if has_records(path) else [task]
            for _, outs in self._pool.results(("extract", each) for each in work):
                yield from (described(result, file.about) for result in outs)

    def merge(self, given: tuple[int, str, str, list[str]]) -> Made:
        """The entities with ids from one to below another, those of all partitions put together."""
        number, first, last, places = given
        ledger = Ledger()
        for place in places:
            with local(place) as path:
                for table in groups(path, "entities"):
                    ledger.merge(table, first, last)
        with TemporaryDirectory(prefix="zhfacts-") as folder:
            writer = TableWriter(Path(folder), "entities")
            for table in ledger.entity_tables(ROW_GROUP):
                writer.add(table)
            writer.close()
            parts = {"entities": self._put(Path(folder), f"merged-{number:02}", "entities")}
        return Made(parts, {"entities": writer.digest}, Counter(), Counter(), 0)

    def _put(self, build: Path, prefix: str, name: str) -> list[Part]:
        """Put the files of a table in their place; those without rows are left out."""
        found = []
        for number, file in enumerate(part_files(build / f"{name}.parquet")):
            count = sum(group.num_rows for group in groups(file, name))
            place = f"{self._area}/{prefix}-{name}-{number}.parquet"
            if count:
                try:
                    put(file, place)
                except OSError as error:
                    raise OutputError(f"cannot write {place} ({error}); change its rights, or make room") from error
                found.append(Part(place, count, file.stat().st_size, table_digest(file)))
        return found


def known(partitions: list[Partition], found: list[Known]) -> list[Partition]:
    """The partitions, each told which of its documents an earlier one has, and what later ones have of its own."""
    first: dict[str, tuple[int, str]] = {}
    sources: list[dict[str, str]] = [{} for _ in partitions]
    copies: list[dict[str, list[str]]] = [{} for _ in partitions]
    for number, documents in enumerate(found):
        for doc_id, source in documents:
            owner, its_source = first.setdefault(doc_id, (number, source))
            if owner != number:
                sources[number][doc_id] = its_source
                copies[owner].setdefault(doc_id, []).append(source)
    return [replace(each, sources=sources[n], copies=copies[n]) for n, each in enumerate(partitions)]
