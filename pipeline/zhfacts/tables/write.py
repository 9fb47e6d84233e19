"""From results to the published folder: six Parquet files and run.json.

Example: `write([result], build, info)` fills the folder `build`, which publish.commit then puts in place.
The same rows give the same bytes: codec, level, row groups and dictionaries are fixed, nothing in a file
tells the time; run.json alone holds the start and the end of the run.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from zhfacts.records import CHANCE, KINDS, Reject, Result
from zhfacts.tables import rows
from zhfacts.tables.check import check_tables
from zhfacts.tables.publish import INFO
from zhfacts.tables.schema import CONTRACT

HARMLESS: Final = frozenset({"duplicate", "unsupported_type", "no_such_document"})
"""Reasons for which a whole file may be left out of a clean run (the last: a row of metadata.csv too many)."""
ROW_GROUP: Final = 65_536


def write(results: Iterable[Result], build: Path, info: Mapping[str, Any]) -> dict[str, Any]:
    """Write the tables of all results, in any order, into the folder `build`, and return run.json.

    `info` gives version, digests, settings and `started` (ISO 8601). Raises InvariantError before a
    file is written where a table breaks the contract, OSError where the disk refuses.
    """
    everything = list(results)
    kept, rejects = rows.merge(everything)
    tables = rows.build(kept, rejects)
    check_tables(tables)
    digests = {name: write_table(table, build / f"{name}.parquet") for name, table in tables.items()}
    run = {
        "tool": "zhfacts",
        "contract": CONTRACT,
        "writer": f"pyarrow {pa.__version__}",
        **info,
        "counts": _counts(everything, tables, rejects),
        "reproducible": not any(reject.reason in CHANCE for reject in rejects),
        "tables": digests,
        "finished": now(),
    }
    _write_info(run, build)
    return run


def again(old: Mapping[str, Any], build: Path, info: Mapping[str, Any]) -> None:
    """Write run.json alone, for a run that finds the tables of an `old` one just as it would make them."""
    _write_info({**old, **info, "finished": now()}, build)


def _write_info(run: Mapping[str, Any], build: Path) -> None:
    text = json.dumps(run, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (build / INFO).write_text(text, encoding="utf-8", newline="\n")


def write_table(table: pa.Table, path: Path) -> dict[str, Any]:
    """Write one Parquet file; its digests: `sha256` of the file, `rows` of the rows, and their `count`."""
    with path.open("wb") as file:
        pq.write_table(
            table,
            file,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=3,
            use_dictionary=True,
            write_statistics=True,
            row_group_size=ROW_GROUP,
        )
    return {"sha256": file_digest(path), "rows": rows.digest(table), "count": table.num_rows}


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def now() -> str:
    """The moment in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _counts(results: list[Result], tables: Mapping[str, pa.Table], rejects: list[Reject]) -> dict[str, Any]:
    """What run.json counts: documents, facts by kind, rejects by reason, whole files that were rejected."""
    kinds = Counter(tables["facts"].column("kind").to_pylist())
    whole = {
        reject.source
        for result in results
        if result.document is None
        for reject in result.rejects
        if reject.reason not in HARMLESS
    }
    return {
        "documents": tables["documents"].num_rows,
        "facts": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        "rejects": dict(sorted(Counter(reject.reason for reject in rejects).items())),
        "rejected_files": len(whole),
    }
