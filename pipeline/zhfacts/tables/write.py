"""From results to the published folder: six Parquet tables, datapackage.json and run.json.

Example: `write([result], build, info)` fills the folder `build`, which publish.commit then puts in place.
The same rows give the same bytes: codec, level, row groups and dictionaries are fixed, nothing in a file
tells the time; run.json alone holds the start and the end of the run. Results are taken one by one, and their
rows are on disk a few thousand later.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from zhfacts.guard import seldom_collected
from zhfacts.records import CHANCE, KINDS, Reject, Result
from zhfacts.tables import rows
from zhfacts.tables.audit import check_tables
from zhfacts.tables.ledger import Ledger
from zhfacts.tables.package import package
from zhfacts.tables.parts import PART_ROWS, ROW_GROUP, TableWriter, groups
from zhfacts.tables.publish import INFO, PACKAGE
from zhfacts.tables.schema import CONTRACT, SCHEMAS

HARMLESS: Final = frozenset({"duplicate", "unsupported_type", "no_such_document"})
"""Reasons for which a whole file may be left out of a clean run (the last: a row of metadata.csv too many)."""
STRETCH: Final = 8_192
"""Rows that wait in memory as records until they are made tables of, checked and passed on."""
_DRAFT: Final = "draft"


def write(
    results: Iterable[Result], build: Path, info: Mapping[str, Any], part_rows: int = PART_ROWS
) -> dict[str, Any]:
    """Write the tables of all results, in order of source, into the folder `build`, and return run.json.

    `info` gives version, digests, settings and `started` (ISO 8601). Raises InvariantError where a table breaks
    the contract, OSError where the disk refuses; what `build` holds is then of no use.
    """
    with seldom_collected(), Tables(build, part_rows) as tables:
        for result in results:
            tables.add(result)
        digests = tables.close()
    return describe(build, info, digests, tables.counts(digests))


def describe(
    build: Path, info: Mapping[str, Any], digests: Mapping[str, dict[str, Any]], counts: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the JSON files beside tables that are all there, and return run.json."""
    run = told(info, digests, counts)
    write_json(build / PACKAGE, package(digests, build))
    write_json(build / INFO, run)
    return run


def told(info: Mapping[str, Any], digests: Mapping[str, dict[str, Any]], counts: Mapping[str, Any]) -> dict[str, Any]:
    """What run.json says of a run that has just ended."""
    return {
        "tool": "zhfacts",
        "contract": CONTRACT,
        "writer": f"pyarrow {pa.__version__}",
        **info,
        "counts": counts,
        "reproducible": CHANCE.isdisjoint(counts["rejects"]),
        "tables": digests,
        "finished": now(),
    }


def again(old: Mapping[str, Any], build: Path, info: Mapping[str, Any], out: Path) -> None:
    """Write the JSON files alone, for a run that finds in `out` the tables of an `old` one as it would make them."""
    write_json(build / PACKAGE, package(old["tables"], out))
    write_json(build / INFO, {**old, **info, "finished": now()})


def rewritten(old: Mapping[str, Any], digests: Mapping[str, dict[str, Any]], build: Path) -> None:
    """Write the JSON files of a run whose tables lie in `build` in another form."""
    write_json(build / PACKAGE, package(digests, build))
    write_json(build / INFO, {**old, "tables": digests, "writer": f"pyarrow {pa.__version__}"})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, the same bytes for the same content."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


class Tables:
    """The six tables while they grow; results come in order of source."""

    def __init__(self, build: Path, part_rows: int = PART_ROWS, ledger: Ledger | None = None) -> None:
        self.build, self.ledger = build, ledger or Ledger()
        # copies of a document may come long after it, so its row waits in a file of its own
        (build / _DRAFT).mkdir()
        self.draft = TableWriter(build / _DRAFT, "documents")
        self.writers = {name: TableWriter(build, name, part_rows) for name in SCHEMAS}
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.refused, self.last_refused = 0, ""
        self.kept: list[Result] = []
        self.rejects: list[Reject] = []
        self.waiting = 0

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in (self.draft, *self.writers.values()):
            writer.abandon()

    def add(self, result: Result) -> None:
        """Take all that one document gives."""
        kept, rejects = self.ledger.admit(result)
        self.rejects += rejects
        if kept is not None and kept.document is not None:
            self.kept.append(kept)
            self.waiting += len(kept.facts) + len(kept.mentions) + len(kept.document.lines)
        elif result.document is None and any(each.reason not in HARMLESS for each in rejects):
            self.refused += result.source != self.last_refused
            self.last_refused = result.source
        self.waiting += len(rejects)
        if self.waiting >= STRETCH:
            self._pass_on()

    def close(self) -> dict[str, dict[str, Any]]:
        """Write what is left; digests and counts of every table for run.json."""
        self._pass_on()
        self.ledger.close()
        for table in self.ledger.entity_tables(ROW_GROUP):
            self.writers["entities"].add(table)
        self.draft.close()
        for table in groups(self.draft.final, "documents"):
            self.writers["documents"].add(self.ledger.with_copies(table))
        shutil.rmtree(self.build / _DRAFT)
        return {name: writer.close() for name, writer in self.writers.items()}

    def counts(self, digests: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """What run.json counts: documents, facts by kind, rejects by reason, whole files that were rejected."""
        return counted(digests["documents"]["count"], self.kinds, self.reasons, self.refused)

    def _pass_on(self) -> None:
        """Make tables of the results that wait, check them, and give them to the writers."""
        tables = rows.build(self.kept, self.rejects)
        first = {name: writer.rows for name, writer in (self.writers | {"documents": self.draft}).items()}
        check_tables(tables, first, {each.doc_id for each in self.rejects if each.doc_id in self.ledger.sources})
        self.kinds.update(fact.kind for result in self.kept for fact in result.facts)
        self.reasons.update(reject.reason for reject in self.rejects)
        self.ledger.enter(tables)
        self.draft.add(tables["documents"])
        for name in ("facts", "mentions", "lines", "rejects"):
            self.writers[name].add(tables[name])
        self.kept, self.rejects, self.waiting = [], [], 0


def counted(documents: int, kinds: Counter[str], reasons: Counter[str], refused: int) -> dict[str, Any]:
    """The counts of a run as run.json has them."""
    return {
        "documents": documents,
        "facts": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        "rejects": dict(sorted(reasons.items())),
        "rejected_files": refused,
    }


def now() -> str:
    """The moment in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
