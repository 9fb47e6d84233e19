r"""Rows of CSV as spreadsheets write and read them: records with their lines, cells that Excel does not run.

Example: `defused("=1+1")` is "'=1+1"; `records(path, "a,b\n松山,3\n")` gives (1, [a, b]) and (2, [松山, 3]).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from zhfacts.errors import InputError

MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark by which Excel knows UTF-8."""
RUNS: Final = tuple("=+-@＝＋－＠\t\r\n")
"""First characters of a cell that a spreadsheet may take for a formula; the wide ones with Chinese settings."""


def risky(cell: str) -> bool:
    """Whether a spreadsheet may run the cell, or swallow the apostrophe it begins with."""
    return cell.lstrip().startswith(RUNS) or cell.startswith((*RUNS, "'"))


def defused(cell: str) -> str:
    """A cell of a document's words, behind an apostrophe where a spreadsheet may run it."""
    return f"'{cell}" if risky(cell) else cell


def line(cells: Iterable[object]) -> str:
    """One record as CSV, ended as spreadsheets like it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def records(path: Path, text: str, delimiters: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line on which it begins; parted by what the first line has most of.

    Raises InputError, with file and line, where quotation marks do not close.
    """
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(delimiters, key=first.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}:{begins}: not valid CSV ({error}); mend the quotation marks of this row") from error
