"""Published tables as pandas DataFrames, in the types a notebook is best served with.

Example: `frame(Path("outputs"), "facts", info).period_end.dt.year` works, a missing subject_line is <NA>.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from zhfacts.tables.validate import read_table


def frame(out: Path, name: str, info: dict[str, Any]) -> pd.DataFrame:
    """One table; dates as datetime64, whole numbers with gaps as Int32 or Int64, words as categories."""
    table = read_table(out, name, info)
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
    table = read_table(out, name, info)
    if documents is not None:
        table = table.filter(pc.is_in(table["doc_id"], pa.array(documents, pa.string())))
    return cast("list[dict[str, Any]]", table.to_pylist())
