"""A table on disk as it grows: row groups of one size in one Parquet file, or in a folder of parts above a size.

Example: facts.parquet is a file; of more than `PART_ROWS` rows it is a folder with part-00000.parquet and so on.
Which rows share a row group or a part hangs on their number alone, so that the same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from zhfacts.tables.rows import Digest
from zhfacts.tables.schema import SCHEMAS

ROW_GROUP: Final = 16_384
PART_ROWS: Final = 64 * ROW_GROUP
"""Rows of a part, about a million; a table of more becomes a folder."""
BLOCK: Final = 1 << 20


class TableWriter:
    """Writes one table into `folder`, a row group at a time; `close` gives its part of run.json."""

    def __init__(self, folder: Path, name: str, part_rows: int = PART_ROWS) -> None:
        self.name, self.part_rows = name, part_rows
        self.group = min(ROW_GROUP, part_rows)
        self.final = folder / f"{name}.parquet"
        self.parts = folder / f".{name}.parts"
        self.parts.mkdir()
        self.counts: list[int] = []
        """Rows of each part."""
        self.digest = Digest()
        self.waiting: list[pa.Table] = []
        self.writer: pq.ParquetWriter | None = None
        self.files: list[Path] = []

    @property
    def rows(self) -> int:
        """Rows so far, those that wait for their row group included."""
        return sum(self.counts) + self._waiting()

    def add(self, table: pa.Table) -> None:
        """Take rows; whole row groups of them are written."""
        self.digest.update(table)
        self.waiting.append(table)
        if self._waiting() >= self.group:
            whole = pa.concat_tables(self.waiting).combine_chunks()
            until = whole.num_rows - whole.num_rows % self.group
            for at in range(0, until, self.group):
                self._write(whole.slice(at, self.group))
            self.waiting = [pa.concat_tables([whole.slice(until)]).combine_chunks()] if until < whole.num_rows else []

    def _waiting(self) -> int:
        return sum(int(table.num_rows) for table in self.waiting)

    def close(self) -> dict[str, Any]:
        """Write the rest and put the file or the folder under its name; digests, count, and parts if it has some."""
        rest = pa.concat_tables([SCHEMAS[self.name].empty_table(), *self.waiting]).combine_chunks()
        self.waiting = []
        if rest.num_rows or not self.files:
            self._write(rest)
        self.abandon()
        if len(self.files) == 1:
            self.files[0].replace(self.final)
            self.parts.rmdir()
        else:
            self.parts.replace(self.final)
        told = {"sha256": table_digest(self.final), "rows": self.digest.hex(), "count": sum(self.counts)}
        if len(self.files) > 1:
            named = zip(part_files(self.final), self.counts, strict=True)
            told["parts"] = [{"file": p.name, "sha256": table_digest(p), "count": count} for p, count in named]
        return told

    def abandon(self) -> None:
        """Close the open file."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def _write(self, group: pa.Table) -> None:
        """Write one row group, in a part of its own where the last one is full."""
        if self.writer is None or self.counts[-1] + group.num_rows > self.part_rows:
            self.abandon()
            self.files.append(self.parts / f"part-{len(self.files):05}.parquet")
            self.writer = _parquet(self.files[-1], self.name)
            self.counts.append(0)
        self.writer.write_table(group, row_group_size=self.group)
        self.counts[-1] += group.num_rows


def _parquet(path: Path, name: str) -> pq.ParquetWriter:
    """A new Parquet file in the one form of ours."""
    return pq.ParquetWriter(
        path,
        SCHEMAS[name],
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
    )


def part_files(path: Path) -> list[Path]:
    """The files of a table: its parts in order, or itself."""
    return sorted(path.glob("part-*.parquet")) if path.is_dir() else [path]


def table_digest(path: Path) -> str:
    """SHA-256 of a table's bytes, those of its parts one behind the other, hexadecimal."""
    total = hashlib.sha256()
    for part in part_files(path):
        with part.open("rb") as file:
            while block := file.read(BLOCK):
                total.update(block)
    return total.hexdigest()


def groups(path: Path, name: str) -> Iterator[pa.Table]:
    """A table that was written here, one row group at a time."""
    for part in part_files(path):
        with pq.ParquetFile(part, pre_buffer=False) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, use_threads=False).cast(SCHEMAS[name])
