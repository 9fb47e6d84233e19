"""The contract once more as pandera schemas, for tables that are read back as DataFrames.

Example: `frame_faults(frames)` names table, column and first row for an `unit` of percent that is not %.
Written from the contract's tables and not from tables/audit.py, so that each of the two checks the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from zhfacts.records import TIME_KINDS
from zhfacts.tables.schema import COLUMNS, FOREIGN, KEYS, WORDS, Column

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandera.pandas as pandera

HEX: Final = {"doc_id": 16, "sha256": 64}
"""Columns of hexadecimal digits, and how many."""
LEAST: Final = {
    "line_start": 1, "line_end": 1, "line": 1, "article": 1, "page": 1, "subject_line": 1, "attribute_line": 1,
    "attributed_line": 1, "col_start": 0, "col_end": 0, "byte_start": 0, "byte_end": 0, "size": 0, "lines": 0,
    "characters": 0, "facts": 0, "rejects": 0, "mentions": 0, "origin_start": 0, "origin_end": 1,
}  # fmt: skip
"""Least value of columns that count."""


def frame_faults(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Breaches of invariants 2 and 3 in the six tables, one sentence each."""
    faults = [fault for name in COLUMNS for fault in _faults(name, frames[name])]
    for name, key, into, other in FOREIGN:
        column = frames[name][key]
        strange = column[column.notna() & ~column.isin(frames[into][other])]
        found = strange.head(1).items()
        faults += [f"table {name}, column {key}, row {row}: {value!r} is not in {into}" for row, value in found]
    return faults


def _faults(name: str, frame: pd.DataFrame) -> list[str]:
    """The failure cases of one table, the first of each check."""
    from pandera.errors import SchemaErrors

    try:
        schema(name).validate(frame, lazy=True)
    except SchemaErrors as error:
        found: dict[tuple[str, str], str] = {}
        for case in error.failure_cases.to_dict("records"):
            what, of_row = str(case["check"]), case["check"] in KIND_RULES  # pandera tells such a row column by column
            column = "" if of_row else f", column {case['column']}"
            tail = "does not hold" if of_row else f"(found {case['failure_case']!r})"
            found.setdefault((column, what), f"table {name}{column}, row {case['index']}: {what} {tail}")
        return [*found.values()]
    return []


def schema(name: str) -> pandera.DataFrameSchema:
    """The schema of one table: columns in order, nulls, words, keys, and what kind decides."""
    import pandera.pandas as pandera

    keys = [*KEYS.get(name, ())] or None
    rules = KIND_RULES if name == "facts" else {}
    checks = [pandera.Check(rule, name=what, error=what) for what, rule in rules.items()]
    columns = {column[0]: _column(pandera, column) for column in COLUMNS[name]}
    return pandera.DataFrameSchema(columns, checks=checks, strict=True, ordered=True, unique=keys, name=name)


def _column(pandera: Any, column: Column) -> Any:
    """One column: whether it may be null, and which values it may have."""
    name, kind, null, meaning = column
    checks = []
    if kind == "dictionary":
        checks.append(pandera.Check.isin(list(WORDS[name]), error=f"is none of {', '.join(WORDS[name])}"))
    if name in LEAST and kind.startswith("int"):
        checks.append(pandera.Check.ge(LEAST[name], error=f"is below {LEAST[name]}"))
    if name in HEX:
        pattern = f"[0-9a-f]{{{HEX[name]}}}"
        checks.append(pandera.Check(lambda s: s.str.fullmatch(pattern), error=f"is not {HEX[name]} hex digits"))
    return pandera.Column(None, checks=checks, nullable=null, description=meaning)


def _only(column: str, kinds: frozenset[str]) -> Callable[[pd.DataFrame], Any]:
    return lambda facts: facts[column].notna() == facts["kind"].isin(kinds)


def _fixed(kind: str, unit: str) -> Callable[[pd.DataFrame], Any]:
    return lambda facts: (facts["kind"] != kind) | (facts["unit"] == unit)


def _whole(facts: pd.DataFrame) -> Any:
    """Whether `exact` is `value` before it became binary."""
    near = facts["exact"].map(lambda exact: float(exact) if exact is not None else None).astype("float64")
    return near.isna() | (near == facts["value"])


KIND_RULES: Final[Mapping[str, Callable[[pd.DataFrame], Any]]] = {
    "money and nothing else has a currency": _only("currency", frozenset({"money"})),
    "the unit of money is its currency": lambda f: (f["kind"] != "money") | (f["unit"] == f["currency"]),
    "year and date and nothing else have when": _only("when", TIME_KINDS),
    "year and date have no period": lambda f: ~f["kind"].isin(TIME_KINDS) | f["period_start"].isna(),
    "unit of percent is %": _fixed("percent", "%"),
    "unit of percentage_point is pp": _fixed("percentage_point", "pp"),
    "unit of year is year": _fixed("year", "year"),
    "unit of date is date": _fixed("date", "date"),
    "unit of multiple is x": _fixed("multiple", "x"),
    "a range has two ends": lambda f: f["low"].isna() == f["high"].isna(),
    "low is not above high": lambda f: f["low"].isna() | (f["low"] <= f["high"]),
    "a range has no value": lambda f: f["low"].isna() | f["value"].isna(),
    "a date has no value": lambda f: (f["kind"] != "date") | f["value"].isna(),
    "exact is value": _whole,
    "delta is the size of a change": lambda f: (
        f["delta"].isna() | (f["change"].notna() & (f["delta"].abs() == f["value"].abs()))
    ),
    "dates run forwards": lambda f: f["date_start"].isna() | (f["date_start"] <= f["date_end"]),
    "periods run forwards": lambda f: f["period_start"].isna() | (f["period_start"] <= f["period_end"]),
    "a subject_id has a subject": lambda f: f["subject_id"].isna() | f["subject"].notna(),
}
"""Invariant 3, and what the meanings of columns say of each other; each gives True for the rows that are right."""
