"""Facts of a run as a sheet to correct by hand, put in place whole or not at all.

Example: `annotate(Path("outputs"), info, 100, 0)` gives the bytes of a sheet with 100 facts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zhfacts import files
from zhfacts.errors import InputError
from zhfacts.scoring import spreadsheet
from zhfacts.scoring.pages import Page
from zhfacts.scoring.sample import draw, row_of
from zhfacts.tables.frames import records


def annotate(out: Path, info: dict[str, Any], size: int, seed: int) -> tuple[bytes, int, int]:
    """The sheet of facts drawn from the tables in `out`, how many they are, and of how many documents."""
    facts = records(out, "facts", info)
    if not facts:
        raise InputError(f"{out} holds no facts to draw from; run `zhfacts extract` on documents that state some")
    drawn = draw(facts, size, seed)
    ids = {fact["doc_id"] for fact in drawn}
    lines: dict[str, dict[int, str]] = {}
    for line in records(out, "lines", info, ids):
        lines.setdefault(line["doc_id"], {})[line["line"]] = line["text"]
    pages = {doc_id: Page(lines.get(doc_id, {})) for doc_id in sorted(ids)}
    return spreadsheet.write(row_of(fact, pages[fact["doc_id"]]) for fact in drawn), len(drawn), len(ids)


def put(data: bytes, path: Path, *, force: bool) -> None:
    """Write a file as a whole; InputError where one stands there, unless it may be replaced."""
    refuse_taken(path, force=force)
    files.put(path, [data])


def refuse_taken(path: Path, *, force: bool) -> None:
    """InputError where something stands in the place of a file that may not be replaced."""
    files.refuse_others(path)
    if os.path.lexists(path) and not force:
        raise InputError(f"{path} is there already, perhaps with corrections; choose another --output, or give --force")
