"""Results built by hand, so that tables, engines and commands are tested apart from the extraction."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhfacts.documents import Document, Line, encode
from zhfacts.records import Entity, EntityMention, Fact, Reject, Result
from zhfacts.tables import publish, rows
from zhfacts.tables.ledger import Ledger
from zhfacts.tables.parts import PART_ROWS
from zhfacts.tables.write import write

PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
MONEY = re.compile(r"(\d+)亿元")
NAME = re.compile("[甲乙丙]公司")
NEWS = "甲公司2023年出口额增长8.7%。\n其中乙公司达到5784亿元，\n占36%。\n"
OTHER = "丙公司增长12%，为3亿元。\n"


def document(source: str, text: str, encoding: str = "utf-8") -> Document:
    """A document of a string in an encoding."""
    lines, start, at = [], 0, 0
    for number, (words, end) in enumerate(re.findall(r"([^\r\n]*)(\r\n|\r|\n|$)", text), 1):
        size = len(encode(words, encoding))
        if words or end:
            lines.append(Line(number, words, start, at, at + size))
        start, at = start + len(words) + len(end), at + size + len(encode(end, encoding))
    raw = encode(text, encoding)
    sha = hashlib.sha256(raw).hexdigest()
    return Document(source, sha[:16], sha, len(raw), encoding, "file", tuple(lines), raw=raw)


def place(doc: Document, start: int, end: int) -> dict[str, int]:
    """The six position columns of a span of characters."""
    first, last = doc.line_at(start), doc.line_at(end - 1)
    return {
        "line_start": first.number,
        "line_end": last.number,
        "col_start": start - first.start,
        "col_end": end - last.start,
        "byte_start": doc.byte_at(start),
        "byte_end": doc.byte_at(end - 1) + len(encode(last.text[end - 1 - last.start], doc.encoding)),
    }


def fact(doc: Document, text: str, start: int, end: int, **columns: Any) -> Fact:
    """A fact of a span; what is not given is null."""
    nothing: dict[str, Any] = dict.fromkeys(Fact._fields)
    fixed = {
        "fact_id": hashlib.sha256(f"{doc.doc_id}{start}{end}".encode()).hexdigest()[:16],
        "doc_id": doc.doc_id,
        "source": doc.source,
        "surface": text[start:end],
        "quote": text,
        "bound": "=",
        "rule": "handmade",
        "article": 1,
        "modality": "reported",
        "start": start,
        "end": end,
    }
    return Fact(**{**nothing, **fixed, **place(doc, start, end), **columns})


def result(source: str, text: str = NEWS, encoding: str = "utf-8") -> Result:
    """All that a document gives: its percentages, sums of money, and companies."""
    doc = document(source, text, encoding)
    names = [(found.start(), found.end(), found.group()) for found in NAME.finditer(text)]
    mentions = tuple(
        EntityMention(f"E-{name}", doc.doc_id, source, **place(doc, start, end), surface=name)
        for start, end, name in names
    )
    entities = tuple(
        Entity(f"E-{name}", name, "organisation", (name[0],), None) for name in sorted({n for *_, n in names})
    )
    facts = sorted(_facts(doc, text, names), key=lambda each: each.start)
    rejects = (Reject(source, doc.doc_id, "numbers", 1, "5G", "name", "part of a name"),)
    return Result(source, doc, tuple(facts), entities, mentions, rejects)


def _facts(doc: Document, text: str, names: list[tuple[int, int, str]]) -> Iterator[Fact]:
    for kind, pattern in (("percent", PERCENT), ("money", MONEY)):
        for found in pattern.finditer(text):
            before = [name for _, end, name in names if end <= found.start()]
            columns: dict[str, Any] = {"kind": kind, "unit": "%", "exact": Decimal(found[1])}
            if kind == "money":
                columns |= {"unit": "CNY", "currency": "CNY", "exact": Decimal(found[1]) * 10**8}
            if before:
                columns |= {"subject": before[-1], "subject_id": f"E-{before[-1]}", "subject_line": 1}
            columns |= {
                "value": float(columns["exact"]),
                "period_start": date(2023, 1, 1),
                "period_end": date(2023, 12, 31),
            }
            yield fact(doc, text, *found.span(), **columns)


def refused(source: str, reason: str = "binary") -> Result:
    """A whole file that was rejected."""
    return Result(source, None, rejects=(Reject(source, None, "read", None, None, reason, "PNG image"),))


def published(out: Path, *results: Result, part_rows: int = PART_ROWS) -> dict[str, Any]:
    """Put results in a folder as a run does; its run.json."""
    with publish.staging(out) as build:
        found = sorted(results or [result("a.txt"), result("b.txt", OTHER)], key=lambda each: each.source)
        info = write(found, build, {"version": "0"}, part_rows)
        publish.commit(build, out)
    return info


def digests(out: Path) -> dict[str, str]:
    """SHA-256 of every table in a folder, by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.parquet")}


def tampered(out: Path, name: str, row: int, **columns: Any) -> None:
    """Change a row of a published table, and run.json with it, as a fault of ours could have written it."""
    path = out / f"{name}.parquet"
    values = pq.read_table(path).to_pylist()
    values[row] |= columns
    words = [tuple(each.values()) for each in values]
    made = rows.table(name, words)
    pq.write_table(made, path)
    info = json.loads((out / publish.INFO).read_text("utf-8"))
    info["tables"][name] |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": rows.digest(made)}
    (out / publish.INFO).write_text(json.dumps(info), "utf-8")


def gathered(*results: Result) -> dict[str, pa.Table]:
    """The tables of results, as the writer makes them before it checks them."""
    ledger, kept, rejects = Ledger(), [], []
    for each in results:
        one, refused = ledger.admit(each)
        kept += [one] if one else []
        rejects += refused
    return rows.build(kept, rejects)
