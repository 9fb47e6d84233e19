"""Published tables read from the disk: whole, as one file or as parts, or a row group at a time.

Example: `read_table(Path("outputs"), "facts", info)` is the Arrow table that run.json describes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhfacts.errors import OutputError
from zhfacts.tables.parts import groups, table_digest
from zhfacts.tables.publish import INFO, open_file


def read_table(out: Path, name: str, info: dict[str, Any]) -> pa.Table:
    """One published table; OutputError where it is missing, or not what run.json describes."""
    path = open_file(out, f"{name}.parquet")
    try:
        return pa.concat_tables([_checked(part, digest, out) for part, digest in _parts(path, info["tables"][name])])
    except (OSError, pa.ArrowException, KeyError) as error:
        raise OutputError(f"cannot read {path} ({error}); run `zhfacts extract` again") from error


def read_groups(out: Path, name: str, info: dict[str, Any]) -> Iterator[pa.Table]:
    """One published table a row group at a time, so that a large one does not fill the memory."""
    path = open_file(out, f"{name}.parquet")
    try:
        if table_digest(path) != info["tables"][name]["sha256"]:
            raise OutputError(f"{path} is not what {out / INFO} describes; load again or run again")
        yield from groups(path, name)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise OutputError(f"cannot read {path} ({error}); run `zhfacts extract` again") from error


def read_documents(out: Path, name: str, info: dict[str, Any], documents: Collection[str]) -> pa.Table:
    """The rows of one table that belong to some documents."""
    ids = pa.array(documents, pa.string())
    return pa.concat_tables(group.filter(pc.is_in(group["doc_id"], ids)) for group in read_groups(out, name, info))


def _parts(path: Path, told: dict[str, Any]) -> list[tuple[Path, str]]:
    """The files of a table with their SHA-256 as run.json has them."""
    parts = told.get("parts")
    return [(path / part["file"], part["sha256"]) for part in parts] if parts else [(path, told["sha256"])]


def _checked(path: Path, digest: str, out: Path) -> pa.Table:
    """The rows of one file, if it is the one that run.json describes."""
    data = path.read_bytes()  # once, so that what is checked is what is read
    if hashlib.sha256(data).hexdigest() != digest:
        raise OutputError(f"{path} is not the file that {out / INFO} describes; load again or run again")
    # by this thread alone: Arrow's own, just begun, abort a command that ends at once (one in forty, busy machine)
    return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False).read(use_threads=False)
