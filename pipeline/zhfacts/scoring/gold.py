"""The annotation that facts are scored against: JSONL of whole documents, or a corrected sample as a spreadsheet.

Example: gold/101.jsonl, or sample.csv as `zhfacts annotate` wrote it; which of the two says what can be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhfacts.errors import InputError
from zhfacts.scoring import spreadsheet
from zhfacts.scoring.annotations import Annotation, annotation

PART: Final = re.compile(r"(\d{3})_(\d{4})_(\d{4})$")
"""Ends the name of a file that annotates some lines of a document only: 001_0001_1260.jsonl."""
ALL_LINES: Final = (1, 10**9)


@dataclass(frozen=True, slots=True)
class Gold:
    """What all files say."""

    files: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    lines: Mapping[str, tuple[tuple[int, int], ...]]
    """The lines that were annotated, by `doc`: what is found elsewhere is not scored."""
    sampled: bool
    """Whether it is a corrected sample of facts, which does not say what was missed."""
    refused: Mapping[str, str]
    """Of a sample: ids of facts that should not have been recorded, and where that is said."""
    marked: frozenset[str]
    """Of a sample: ids of facts that were marked as right."""
    notes: tuple[str, ...]


def read(path: Path) -> Gold:
    """The annotation of a file, or of all .jsonl and .csv in a folder; InputError for one that cannot be used."""
    files = _files(path)
    sheets = [file for file in files if file.suffix.lower() == ".csv"]
    if sheets and len(sheets) < len(files):
        whole = next(file for file in files if file not in sheets)
        raise InputError(
            f"{path}: {whole.name} annotates whole documents, {sheets[0].name} a sample; "
            "score them apart: give one file as --gold"
        )
    return _samples(files) if sheets else _documents(files)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        if path.suffix.lower() in {".jsonl", ".csv"}:
            return [path]
        raise InputError(f"{path}: annotation is .jsonl, or the .csv of `zhfacts annotate`; rename or convert it")
    if not path.is_dir():
        raise InputError(f"no such file or folder: {path}; give annotation as --gold")
    found = [
        file
        for file in sorted(path.iterdir())
        if file.suffix.lower() in {".jsonl", ".csv"} and not file.name.startswith((".", "~$"))
    ]
    if not found:
        raise InputError(f"no .jsonl or .csv in {path}; `zhfacts annotate` makes a .csv to correct")
    return found


def _documents(files: list[Path]) -> Gold:
    annotations: list[Annotation] = []
    lines: dict[str, list[tuple[int, int]]] = {}
    for file in files:
        found = list(_jsonl(file))
        part = PART.search(file.stem)
        docs = {each.doc for each in found} | ({part[1]} if part else set())
        for doc in sorted(docs):
            lines.setdefault(doc, []).append((int(part[2]), int(part[3])) if part else ALL_LINES)
        annotations += found
    if not lines:
        raise InputError(f"no annotation in {', '.join(map(str, files))}; write one JSON object a line")
    spans = {doc: tuple(dict.fromkeys(each)) for doc, each in lines.items()}
    return Gold(tuple(map(str, files)), tuple(annotations), spans, False, {}, frozenset(), ())


def _jsonl(path: Path) -> Iterator[Annotation]:
    """The annotations of one file, blank lines passed over."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); change its rights") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield annotation(f"{path}:{number}", _object(f"{path}:{number}", line))


def _object(where: str, line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not valid JSON ({error}); write one object a line") from error
    if not isinstance(said, dict):
        raise InputError(f"{where}: no JSON object; write the fields in {{…}}")
    return said


def _samples(files: list[Path]) -> Gold:
    annotations: list[Annotation] = []
    refused: dict[str, str] = {}
    marked: set[str] = set()
    notes: list[str] = []
    docs: dict[str, None] = {}
    for row in (row for file in files for row in spreadsheet.read(file)):
        docs[str(row.fields["doc"])] = None
        if row.fact_id is None:
            notes.append(f"{row.where}: no fact_id, so left out: a sample cannot tell what was missed")
        elif row.right is False:
            refused[row.fact_id] = row.where
        else:
            annotations.append(annotation(row.where, row.fields, row.fact_id))
            marked |= {row.fact_id} if row.right else set()
    if not docs:
        raise InputError(f"no rows in {', '.join(map(str, files))}; `zhfacts annotate` writes them")
    lines = dict.fromkeys(docs, (ALL_LINES,))
    return Gold(tuple(map(str, files)), tuple(annotations), lines, True, refused, frozenset(marked), tuple(notes))
