"""Facts as rows of text that one can commit and read in a difference: a baseline, and tables in the same form.

Example: {"source": "a.txt", "line_start": 2, …, "surface": "5784亿元", "kind": "money", "value": 578400000000.0}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhfacts import files
from zhfacts.errors import InputError
from zhfacts.plain import as_json, plain
from zhfacts.records import Fact

Row = dict[str, Any]
"""Columns that are not null, as JSON holds them, and `near`: digests of what stands around the number."""

VERSION: Final = 1
PLACE: Final = ("line_start", "col_start", "line_end", "col_end")
_FIRST: Final = ("source", *PLACE, "surface", "kind")
_LEFT_OUT: Final = frozenset(
    {"fact_id", "doc_id", "subject_id", "quote", "heading", "byte_start", "byte_end", "start", "end"}
    | {"origin_start", "origin_end"}
    | {f"{what}_byte_{end}" for what in ("subject", "attribute") for end in ("start", "end")}
)
"""What follows from the others or hangs on the file's bytes, and the sentences themselves."""
COLUMNS: Final = (*_FIRST, *(name for name in Fact._fields if name not in {*_FIRST, *_LEFT_OUT}))
"""Columns of a row in the order in which they are written."""
USUAL: Final[Row] = {"bound": "=", "modality": "reported", "article": 1}
"""Values that a row leaves out, as it does null."""
WORDS: Final = ("surface", "subject", "attribute", "basis", "per_unit", "attributed_to", "unit")
"""Columns that hold words of the document."""
LONGEST: Final = 12
"""Characters of the longest words that stand in a baseline without quotes."""
AROUND: Final = 12
"""Characters on either side of a number by which it is known again on another line."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a run in order; without `quotes` their long words are digests."""

    rows: list[Row]
    columns: tuple[str, ...] = COLUMNS
    quotes: bool = True

    def shortened(self) -> Facts:
        """The same without quotes: words of more than 12 characters as digests."""
        return self if not self.quotes else Facts([_short(row) for row in self.rows], self.columns, quotes=False)

    def without(self, ignored: Iterable[str]) -> Facts:
        """The same without some columns; InputError for a name that no column has."""
        left_out = known(ignored)
        columns = tuple(name for name in self.columns if name not in left_out)
        return Facts([{k: v for k, v in row.items() if k not in left_out} for row in self.rows], columns, self.quotes)


def known(names: Iterable[str]) -> frozenset[str]:
    """Names of columns that may be ignored, `place` for where a fact stands; InputError for others."""
    may = {*COLUMNS, "place"} - {"source", "near", *PLACE}
    for name in names:
        if name not in may:
            raise InputError(f"no column {name!r} is compared; those that may be ignored are {', '.join(sorted(may))}")
    return frozenset(names)


def row_of(fact: Mapping[str, Any]) -> Row:
    """A row of facts, by column, as a baseline has it."""
    row = {name: plain(fact[name]) for name in COLUMNS if fact.get(name) not in (None, USUAL.get(name))}
    return {**row, "near": _near(fact["quote"], fact["surface"])}


def of_facts(facts: Iterable[Fact]) -> Facts:
    """Facts as `zhfacts.extract` gives them."""
    rows = [row_of(fact._asdict()) for fact in facts]
    return Facts(sorted(rows, key=order))


def order(row: Row) -> tuple[Any, ...]:
    """The order of rows: by document and place."""
    return (row["source"], *(row[name] for name in PLACE), row["kind"])


def _near(quote: str, surface: str) -> str:
    """Digests of what stands left and right of a number, white space left out: the same wherever lines are broken."""
    text, words = "".join(quote.split()), "".join(surface.split())
    at = max(text.find(words), 0)
    sides = text[max(0, at - AROUND) : at], text[at + len(words) :][:AROUND]
    return "-".join(hashlib.sha256(side.encode()).hexdigest()[:8] for side in sides)


def _short(row: Row) -> Row:
    return {name: shortened(value) if name in WORDS else value for name, value in row.items()}


def shortened(words: str) -> str:
    """Words of more than 12 characters as a digest, from which nobody reads them."""
    if len(words) <= LONGEST:
        return words
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def text_of(facts: Facts) -> str:
    """A baseline's text: a line that says what is in it, and a line for each fact."""
    head = {"baseline": "zhfacts", "version": VERSION, "quotes": facts.quotes, "columns": list(facts.columns)}
    lines = [head, *sorted(facts.rows, key=order)]
    return "".join(f"{as_json(line)}\n" for line in lines)


def write(facts: Facts, path: Path) -> None:
    """Put a baseline in place at once or not at all; InputError where another file stands there."""
    if path.exists():
        read(path)
    files.put(path, [text_of(facts).encode()])


def read(path: Path) -> Facts:
    """A baseline as it was written; InputError with the line where it is none."""
    try:
        lines = path.read_text("utf-8").split("\n")
        head = json.loads(lines[0])
        if not isinstance(head, dict) or head.get("baseline") != "zhfacts" or head.get("version") != VERSION:
            raise ValueError
        columns, quotes = tuple(head["columns"]), bool(head["quotes"])
    except OSError as error:
        raise InputError(
            f"cannot read {path} ({error.strerror}); give the file of an earlier `zhfacts accept`"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        told = "make one with `zhfacts accept OUT --baseline FILE`"
        raise InputError(f"{path} is no baseline of zhfacts, of version {VERSION}; {told}") from error
    return Facts([_row(path, n, line) for n, line in enumerate(lines[1:], 2) if line], columns, quotes)


def _row(path: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
        order(row)
        return {**row, "near": str(row["near"]), "surface": str(row["surface"])}
    except (ValueError, KeyError, TypeError) as error:
        what = f"{path}, line {number} holds no fact"
        raise InputError(f"{what}; take it from your version control, or run `zhfacts accept` again") from error
