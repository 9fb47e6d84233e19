"""Published tables as pandas DataFrames, in the types a notebook is best served with.

Example: `frame(Path("outputs"), "facts", info).period_end.dt.year` works, a missing subject_line is <NA>.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa

from zhfacts.tables.stored import read_documents, read_groups, read_table


def frame(out: Path, name: str, info: dict[str, Any]) -> pd.DataFrame:
    """One table; dates as datetime64, whole numbers with gaps as Int32 or Int64, words as categories."""
    return as_frame(read_table(out, name, info))


def portion(out: Path, name: str, info: dict[str, Any], documents: Collection[str] | None = None) -> pd.DataFrame:
    """The rows of one table that belong to some documents, or else its first rows: cheap however large it is."""
    if documents is not None:
        return as_frame(read_documents(out, name, info, documents))
    return as_frame(next(read_groups(out, name, info)))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Rows as a DataFrame of these types."""
    # Arrow would turn whole numbers with a gap into floats
    gaps = {field.name: str(field.type).capitalize() for field in table.schema if _may_miss(field)}
    return cast("pd.DataFrame", table.to_pandas(date_as_object=False, use_threads=False)).astype(gaps)


def _may_miss(field: pa.Field) -> bool:
    """Whether a column holds whole numbers and nulls."""
    return bool(field.nullable and pa.types.is_integer(field.type))


def records(
    out: Path, name: str, info: dict[str, Any], documents: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The rows of one table as Python values by column, None for null; of the documents with these ids alone."""
    table = read_table(out, name, info) if documents is None else read_documents(out, name, info, documents)
    return cast("list[dict[str, Any]]", table.to_pylist())
