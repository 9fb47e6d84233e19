"""A run as programs and notebooks have it: where it lies, what run.json says, and its tables as DataFrames.

Example: `zhfacts.load("outputs").facts["kind"].value_counts()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """What a run published: six pandas DataFrames, each read from `out` when first asked for.

    Dates are datetime64, whole numbers that may be missing Int32 or Int64, `exact` holds Decimals, columns
    of fixed words are categories. Raises OutputError where a table is not the one that `info` describes.
    """

    out: Path
    info: dict[str, Any] = field(repr=False)
    """Contents of run.json."""
    url: str | None = None
    """Where the tables lie, if that is no folder of this machine: then they are not read from here."""

    @cached_property
    def facts(self) -> pd.DataFrame:
        """One row for each numeric claim, by source and position."""
        return self._frame("facts")

    @cached_property
    def entities(self) -> pd.DataFrame:
        """One row for each entity, by entity_id."""
        return self._frame("entities")

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """One row for each place where an entity is named."""
        return self._frame("mentions")

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row for each content that was read."""
        return self._frame("documents")

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row for each line of every document."""
        return self._frame("lines")

    @cached_property
    def rejects(self) -> pd.DataFrame:
        """One row for everything that was not accepted."""
        return self._frame("rejects")

    @property
    def exit_code(self) -> int:
        """1 where a whole file was rejected (but for duplicates and other file types), else 0."""
        return 1 if self.info["counts"]["rejected_files"] else 0

    def _repr_html_(self) -> str:
        """What a notebook shows: counts, and the names of the tables."""
        from zhfacts.cards import run_card

        return run_card(str(self.out), self.info)

    def _frame(self, name: str) -> pd.DataFrame:
        from zhfacts.tables.frames import frame

        return frame(self.out, name, self.info)
