"""Published tables written anew in the one form of ours, whatever parts they came in.

Example: tables of a cluster's 400 parts become files, or folders of parts of a million rows each, byte for byte as a
run on one machine writes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhfacts.errors import OutputError
from zhfacts.tables import publish
from zhfacts.tables.parts import PART_ROWS, TableWriter
from zhfacts.tables.schema import SCHEMAS
from zhfacts.tables.stored import read_groups
from zhfacts.tables.write import rewritten


def compact(out: Path, part_rows: int = PART_ROWS) -> tuple[int, int]:
    """Rewrite the tables of a run; how many files they had and have. OutputError where they are not what run.json says.

    The rows stay the same, and the old files stay until all new ones are written and checked.
    """
    info = publish.read_info(out)
    with publish.staging(out) as build:
        told = {}
        for name in SCHEMAS:
            writer = TableWriter(build, name, part_rows)
            with publish.explained(out):
                for group in read_groups(out, name, info):
                    writer.add(group)
                told[name] = writer.close()
            if told[name]["rows"] != info["tables"][name]["rows"]:
                raise OutputError(f"{out / name}.parquet has other rows than run.json describes; run again")
        with publish.explained(out):
            rewritten(info, told, build)
        publish.commit(build, out)
    return _files(info["tables"]), _files(told)


def _files(tables: dict[str, Any]) -> int:
    return sum(len(each.get("parts", [each])) for each in tables.values())
