"""Annotations as a spreadsheet to be corrected by hand: written so that Excel neither runs nor rewrites a cell.

Example: the value -27.6 is written '-27.6 and the text 8.7% '8.7%; with the apostrophe or without it, both read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhfacts.errors import InputError
from zhfacts.inputs.base import RefusedError
from zhfacts.inputs.encodings import tell
from zhfacts.scoring.annotations import FIELDS
from zhfacts.sheets import MARK, line, records, risky

COLUMNS: Final = (*FIELDS, "quote", "fact_id", "right")
LISTS: Final = ("subject_alt", "attribute_alt")
BETWEEN: Final = " | "
"""Between the texts of a list in one cell."""
REWRITTEN: Final = re.compile(r"(?=.*\d)[\d.,:/%$¥￥€£()\s年月日时分秒–Ee+-]+")
"""Cells that it may take for a number, a share, a date or a time, and write back in another form."""
LEFT_ALONE: Final = re.compile(r"(?!.{12})(?:0|[1-9]\d*)(?:\.\d*[1-9])?")
"""Numbers that come back as they were; longer ones are rounded."""
WORDS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("y", "yes", "true", "1"), True),
    **dict.fromkeys(("n", "no", "false", "0"), False),
}
SLASHED_DAY: Final = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
"""A day as a spreadsheet may write it back."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read: its fields, the fact it is about, and how it was marked."""

    where: str
    fields: Mapping[str, Any]
    fact_id: str | None
    right: bool | None


def guard(cell: str) -> str:
    """A cell that is shown as it stands: '=1+1 for =1+1."""
    if risky(cell) or (REWRITTEN.fullmatch(cell) and not LEFT_ALONE.fullmatch(cell)):
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    """What `guard` was given; a cell whose apostrophe is gone, or that never had one, is left as it is."""
    return cell.removeprefix("'")


def write(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows by column as CSV in UTF-8, with the mark by which Excel knows it."""
    lines = [line(COLUMNS), *(line(guard(_cell(row.get(name))) for name in COLUMNS) for row in rows)]
    return MARK + "".join(lines).encode()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return BETWEEN.join(value)
    return "" if value is None else str(value)


def read(path: Path) -> Iterator[Row]:
    """The rows of a corrected sheet; InputError, with file, line and mend, for one that cannot be understood."""
    found = records(path, _decoded(path), ",;\t")
    number, header = next(found, (1, []))
    for name in COLUMNS:
        if name not in header and name != "quote":
            raise InputError(f"{path}:{number}: no column {name!r}; give a sheet that `zhfacts annotate` wrote")
    for number, cells in found:
        said = dict(zip(header, map(unguard, [*cells, *[""] * len(header)]), strict=False))
        yield _row(f"{path}:{number}", said)


def _decoded(path: Path) -> str:
    """The text of a file, in whatever encoding a spreadsheet has saved it."""
    try:
        raw = path.read_bytes()
        encoding, mark = tell(raw)
        return raw[mark:].decode(encoding)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); change its rights") from error
    except (RefusedError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not read as text ({error.args[-1]}); save it as CSV in UTF-8") from error


def _row(where: str, said: dict[str, str]) -> Row:
    fields: dict[str, Any] = {name: said[name] or None for name in FIELDS}
    for name in LISTS:
        fields[name] = [word.strip() for word in re.split("[|｜]", said[name])]
    for name in ("line", "occ"):
        fields[name] = _whole(said[name])
    for name in ("value", "time"):
        fields[name] = SLASHED_DAY.sub(lambda m: f"{m[1]}-{m[2]:>02}-{m[3]:>02}", said[name])
    fields["optional"] = bool(_word(where, "optional", said["optional"]))
    fields["bound"] = said["bound"] or "="
    return Row(where, fields, said["fact_id"] or None, _word(where, "right", said["right"]))


def _whole(cell: str) -> int | str:
    """A whole number, which a spreadsheet may have given a .0."""
    digits = cell.removesuffix(".0")
    return int(digits) if digits.isdecimal() else cell


def _word(where: str, name: str, cell: str) -> bool | None:
    if not cell:
        return None
    if cell.lower() not in WORDS:
        raise InputError(f"{where}: {name} is {cell!r}; write y or n, or leave it empty")
    return WORDS[cell.lower()]
