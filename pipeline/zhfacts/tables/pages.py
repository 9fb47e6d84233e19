"""The places in HTML files that published tables name, held against the files themselves.

Example: bytes that hold 5<b>7</b>84&#20159;元 are right for 5784亿元, and wrong for 57亿元.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhfacts.inputs import marks
from zhfacts.inputs.html import decoded, form_of

Row = dict[str, Any]


def has_places(document: Row) -> bool:
    """Whether the places of a document's rows in its file may be known."""
    return document["stream"] == "text" and str(document["source"]).lower().endswith((".html", ".htm"))


def faults(path: Path, facts: Mapping[str, Row], lines: Mapping[str, Row]) -> Iterator[str]:
    """Rows whose bytes in the HTML file do not hold their surface or text; `facts` and `lines` by what to call them."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        yield f"{path} cannot be read ({error.strerror})"
        return
    encoding = form_of(raw)[0]
    for at, row in facts.items():
        yield from _fault(at, row, row["surface"], marks.said(_there(raw, row, encoding)))
    for at, row in lines.items():
        yield from _fault(at, row, row["text"], marks.said(_there(raw, row, encoding)))


def _there(raw: bytes, row: Row, encoding: str) -> str:
    return decoded(raw[row["origin_start"] : row["origin_end"]], encoding)


def _fault(at: str, row: Row, text: str, there: str) -> Iterator[str]:
    """Whether the file has the text, white space aside; what is not shown may stand between its characters."""
    wanted, rest = marks.ink(text), iter(there)
    if there[:1] != wanted[:1] or there[-1:] != wanted[-1:] or not all(char in rest for char in wanted):
        yield f"{at}: bytes {row['origin_start']}-{row['origin_end']} of its HTML hold {there!r}, not {text!r}"
