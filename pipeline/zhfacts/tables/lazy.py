"""Published tables as Arrow datasets: nothing is read before it is asked for, parts and one file alike.

Example: `lazy(Path("outputs"), "facts", info).to_table(columns=["kind"])` reads one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from zhfacts.errors import OutputError
from zhfacts.tables.parts import part_files, table_digest
from zhfacts.tables.publish import INFO, open_file
from zhfacts.tables.schema import SCHEMAS
from zhfacts.tables.stored import read_groups


def lazy(out: Path, name: str, info: dict[str, Any]) -> ds.Dataset:
    """One published table, its columns of fixed words as strings; OutputError where it is not what run.json says."""
    path = open_file(out, f"{name}.parquet")
    try:
        if table_digest(path) != info["tables"][name]["sha256"]:
            raise OutputError(f"{path} is not what {out / INFO} describes; run `zhfacts extract` again")
        return ds.dataset([str(part) for part in part_files(path)], schema=_strings(SCHEMAS[name]), format="parquet")
    except (OSError, pa.ArrowException, KeyError) as error:
        raise OutputError(f"cannot read {path} ({error}); run `zhfacts extract` again") from error


def batches(out: Path, name: str, info: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """The rows of one table in order, a row group at a time, as Python values by column."""
    for group in read_groups(out, name, info):
        yield group.to_pylist()


def as_parquet(table: pa.Table) -> bytes:
    """Rows of any columns as a Parquet file."""
    file = pa.BufferOutputStream()
    pq.write_table(table, file, version="2.6", compression="zstd", compression_level=3)
    return bytes(file.getvalue())


def _strings(schema: pa.Schema) -> pa.Schema:
    """The schema with dictionaries undone, which would make a word that no row has an error in SQL."""
    fields = [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type, f.nullable) for f in schema]
    return pa.schema(fields)
