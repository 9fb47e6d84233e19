"""A run on a cluster: the same rows as a run on one machine, written by the workers in parts.

Example: `run(["s3://news/2024"], "s3://facts/2024", …)`. First all documents are read once for what they are, so
that a content that is met again is known wherever it lies; then each partition is extracted and its parts written;
then entities are put together; last come datapackage.json and run.json. A folder without run.json is not finished.
What is done sooner than actors are started for it (to read a few files, to put few entities together) is done here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from zhfacts.engines import ray
from zhfacts.flow import Settings
from zhfacts.progress import Progress, Step
from zhfacts.running import storage
from zhfacts.running.partitions import Partition, partitions
from zhfacts.running.share import Made, Order, Part, Worker, known
from zhfacts.tables import publish, write
from zhfacts.tables.package import package_of
from zhfacts.tables.parts import TableWriter, part_files, table_digest
from zhfacts.tables.rows import Digest
from zhfacts.tables.schema import SCHEMAS

FEW_ENTITIES: Final = 200_000
"""Rows of entities up to which one worker puts them all together; more are dealt out by their ids."""
NEARBY: Final = 64 << 20
"""Bytes of files on this machine up to which it finds out by itself what they are, while the cluster starts."""
HEX: Final = "0123456789abcdef"


def run(  # noqa: PLR0913, PLR0917  # what api.run has been told
    inputs: Sequence[str], out: str, settings: Settings, info: Mapping[str, Any],
    jobs: int | None, address: str | None, progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Extract inputs into `out`, paths or URLs, on a cluster; run.json. Raises what `api.run` raises."""
    parts = partitions(inputs)
    if storage.is_remote(out):
        storage.refuse_taken(out)
        area = f"{out.rstrip('/')}/.zhfacts-new-{uuid4().hex[:12]}"
        try:
            return _Cluster(settings, area, jobs, address, progress).run(parts, out.rstrip("/"), info)
        finally:
            storage.remove(area)
    folder = Path(out)
    with publish.staging(folder) as build:
        area = str(build.absolute() / ".parts")
        told = _Cluster(settings, area, jobs, address, progress).run(parts, str(build), info)
        storage.remove(area)
        publish.commit(build, folder)
    return told


def _is_near(parts: Sequence[Partition]) -> bool:
    """Whether all files lie on this machine and are soon read."""
    found = [file for part in parts for file in part.files]
    return sum(file.size for file in found) <= NEARBY and not any(storage.is_remote(file.place) for file in found)


class _Cluster:
    """One run: orders to workers, and what they have made."""

    def __init__(
        self, settings: Settings, area: str, jobs: int | None, address: str | None, progress: Progress
    ) -> None:
        self._make = partial(Worker, settings, area)
        self._area, self._jobs, self._address, self._progress = area, jobs, address, progress

    def run(self, parts: list[Partition], out: str, info: Mapping[str, Any]) -> dict[str, Any]:
        """Have all parts made and put in place, run.json last."""
        with self._near() as near, ThreadPoolExecutor(1) as aside:
            met = aside.submit(lambda: [near.identify(part) for part in parts]) if _is_near(parts) else None
            with ray.cluster(self._address, self._jobs) as actors:
                told = known(parts, met.result() if met else list(self._each(actors, "identify", parts)))
                made = list(self._told(self._each(actors, "extract", told)))
                buckets = self._buckets(made)
                few = len(buckets) == 1
                entities = [near.merge(buckets[0])] if few else list(self._each(actors, "merge", buckets))
        return self._finish(made, entities, out, info)

    @contextmanager
    def _near(self) -> Iterator[Worker]:
        """A worker of this machine, beside the cluster."""
        worker: Worker = self._make()
        try:
            yield worker
        finally:
            worker.end()

    def _each(self, actors: int, what: str, given: Iterable[Any]) -> Iterator[Any]:
        orders: list[Order] = [(what, each) for each in given]
        return ray.run(self._make, orders, actors)

    def _told(self, found: Iterator[Made]) -> Iterator[Made]:
        """Parts as they come, told to `progress`."""
        for number, each in enumerate(found, 1):
            if self._progress is not None:
                documents = sum(part.count for part in each.parts["documents"])
                text = f"partition {number}: {sum(each.kinds.values())} facts in {documents} documents"
                self._progress(Step(text, number, number))
            yield each

    def _buckets(self, made: list[Made]) -> list[tuple[int, str, str, list[str]]]:
        """The ranges of ids in which entities are put together."""
        files = [part for each in made for part in each.parts["entities"]]
        places = [part.place for part in files]
        if sum(part.count for part in files) <= FEW_ENTITIES:
            return [(0, "", "", places)]
        return [(n, HEX[n] if n else "", HEX[n + 1] if n < 15 else "", places) for n in range(16)]

    def _finish(self, made: list[Made], entities: list[Made], out: str, info: Mapping[str, Any]) -> dict[str, Any]:
        tables, files = {}, {}
        for name in SCHEMAS:
            sources = entities if name == "entities" else made
            tables[name], files[name] = self._table(name, sources, out)
        kinds: Counter[str] = sum((each.kinds for each in made), Counter())
        reasons: Counter[str] = sum((each.reasons for each in made), Counter())
        refused = sum(each.refused for each in made)
        counts = write.counted(tables["documents"]["count"], kinds, reasons, refused)
        told = write.told(info, tables, counts)
        with TemporaryDirectory(prefix="zhfacts-") as folder:
            for name, said in ((publish.PACKAGE, package_of(tables, files)), (publish.INFO, told)):
                write.write_json(Path(folder) / name, said)
                storage.put(Path(folder) / name, f"{out}/{name}")
        return told

    def _table(self, name: str, sources: list[Made], out: str) -> tuple[dict[str, Any], list[tuple[str, int]]]:
        """A table of all parts in their order: what run.json says of it, and its files with their sizes."""
        digest, parts = Digest(), [part for each in sources for part in each.parts[name]]
        for each in sources:
            digest.append(each.digests[name])
        if not parts:
            parts = [self._empty(name)]
        one = len(parts) == 1
        names = [f"{name}.parquet" if one else f"{name}.parquet/part-{n:05}.parquet" for n in range(len(parts))]
        for part, new in zip(parts, names, strict=True):
            storage.move(part.place, f"{out}/{new}")
        places = [f"{out}/{new}" for new in names]
        whole = parts[0].sha256 if one else self._sha256(name, out, places)
        told: dict[str, Any] = {"sha256": whole, "rows": digest.hex(), "count": sum(part.count for part in parts)}
        if not one:
            told["parts"] = [
                {"file": new.rpartition("/")[2], "sha256": part.sha256, "count": part.count}
                for new, part in zip(names, parts, strict=True)
            ]
        return told, [(new, part.size) for new, part in zip(names, parts, strict=True)]

    @staticmethod
    def _sha256(name: str, out: str, places: list[str]) -> str:
        return storage.sha256(places) if storage.is_remote(out) else table_digest(Path(out) / f"{name}.parquet")

    def _empty(self, name: str) -> Part:
        """A table without rows."""
        with TemporaryDirectory(prefix="zhfacts-") as folder:
            writer = TableWriter(Path(folder), name)
            writer.close()
            (file,) = part_files(writer.final)
            place = f"{self._area}/empty-{name}.parquet"
            storage.put(file, place)
            return Part(place, 0, file.stat().st_size, table_digest(file))
