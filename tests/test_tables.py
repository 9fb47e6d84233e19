"""Tables: their schema, how rows are made of results, and what a file holds."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handmade import OTHER, digests, gathered, published, refused, result
from zhfacts.errors import InvariantError
from zhfacts.records import Fact
from zhfacts.tables import publish, rows, schema
from zhfacts.tables.frames import frame, records
from zhfacts.tables.validate import validate

# schema


def test_facts_have_every_field_of_the_record_but_start_and_end() -> None:
    names = list(Fact._fields)
    assert schema.SCHEMAS["facts"].names == [name for name in names if name not in {"start", "end"}]


def test_schema_as_json_and_markdown_name_every_column() -> None:
    tables = json.loads(schema.as_json())["tables"]
    for table, columns in tables.items():
        assert [column["name"] for column in columns] == schema.SCHEMAS[table].names
        assert all(f"| `{column['name']}` |" in schema.markdown() for column in columns)
    assert {"name": "kind", "type": "dictionary"}.items() <= tables["facts"][11].items()


def test_files_carry_schema_descriptions_and_contract(tmp_path: Path) -> None:
    published(tmp_path)
    for table, expected in schema.SCHEMAS.items():
        found = pq.read_schema(tmp_path / f"{table}.parquet")
        assert found.equals(expected)
        assert found.metadata[b"zhfacts.contract"] == schema.CONTRACT.encode()
        assert all(field.metadata[b"description"] for field in found)


# rows


def test_results_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    results = [
        result("b.txt", OTHER),
        refused("x.png"),
        result("a.txt"),
        result("子/c.txt"),
        result("d.txt", "甲公司5%"),
    ]
    first = published(tmp_path / "1", *results)
    random.Random(7).shuffle(results)  # noqa: S311 - no secret
    second = published(tmp_path / "2", *results)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    for info in (first, second):
        del info["finished"]
    assert first == second


def test_the_same_content_is_kept_once_under_its_first_source(tmp_path: Path) -> None:
    info = published(tmp_path, result("z.txt"), result("a.txt"), result("m.txt"))
    documents = frame(tmp_path, "documents", info)
    assert documents["source"].tolist() == ["a.txt"]
    assert documents["copies"].iloc[0].tolist() == ["m.txt", "z.txt"]
    assert documents[["facts", "rejects"]].iloc[0].tolist() == [3, 1]
    rejects = frame(tmp_path, "rejects", info)
    again = rejects[rejects["reason"] == "duplicate"]
    assert again["source"].tolist() == ["m.txt", "z.txt"]
    assert set(again["stage"]) == {"read"}
    assert all("a.txt" in detail for detail in again["detail"])
    assert len(frame(tmp_path, "facts", info)) == 3
    assert info["counts"]["rejected_files"] == 0


def test_entities_are_merged_over_documents(tmp_path: Path) -> None:
    info = published(tmp_path, result("a.txt"), result("b.txt", "甲公司涨5%，甲公司又涨6%。"))
    entities = frame(tmp_path, "entities", info).set_index("entity_id")
    assert entities.index.is_monotonic_increasing
    assert entities.loc["E-甲公司", ["mentions", "facts"]].tolist() == [3, 3]
    assert entities.loc["E-甲公司", "aliases"].tolist() == ["甲"]


def test_run_json_counts_and_digests(tmp_path: Path) -> None:
    info = published(tmp_path, result("a.txt"), refused("x.png"), refused("y.doc", "unsupported_type"))
    assert info["counts"] == {
        "documents": 1,
        "facts": {"percent": 2, "money": 1},
        "rejects": {"binary": 1, "name": 1, "unsupported_type": 1},
        "rejected_files": 1,
    }
    assert json.loads((tmp_path / "run.json").read_text("utf-8")) == info
    for name, path in ((name, tmp_path / f"{name}.parquet") for name in schema.SCHEMAS):
        assert info["tables"][name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert info["tables"][name]["rows"] == rows.digest(pq.read_table(path))


def test_row_digest_does_not_hang_on_how_the_rows_are_stored() -> None:
    made = gathered(result("a.txt"))["facts"]
    plain = made.set_column(11, pa.field("kind", pa.string()), made["kind"].cast(pa.string()))
    assert rows.digest(plain) == rows.digest(made) == rows.digest(pa.concat_tables([made.slice(0, 1), made.slice(1)]))
    assert rows.digest(made.slice(1)) != rows.digest(made)


def test_row_digest_is_that_of_json_lines_with_sorted_keys() -> None:
    values: dict[str, list[Any]] = {name: [None, None] for name in schema.SCHEMAS["facts"].names}
    values |= {"surface": ['"8.7%"\n', "\\５\u2028"], "value": [1e22, -0.5], "line_start": [None, 7]}
    values |= {"exact": [Decimal("1.50"), Decimal(0)], "period_start": [date(2023, 1, 1), None], "kind": ["year", None]}
    fields = [field.with_nullable(True) for field in schema.SCHEMAS["facts"]]
    made = pa.table(values, schema=pa.schema(fields))
    plain = {Decimal("1.50"): "1.5", Decimal(0): "0"}
    lines = [
        json.dumps(
            row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=lambda v: plain.get(v, str(v))
        )
        + "\n"
        for row in made.to_pylist()
    ]
    assert rows.digest(made) == by_definition(lines)
    listed = pa.table({"aliases": [["甲", '"'], []]})
    assert rows.digest(listed) == by_definition(['{"aliases":["甲","\\""]}\n', '{"aliases":[]}\n'])


def by_definition(lines: list[str]) -> str:
    """The digest of rows as docs/tables.md defines it, written once more."""
    numbers = [int(hashlib.sha256(line.encode()).hexdigest(), 16) for line in lines]
    base = int(hashlib.sha256(b"zhfacts rows").hexdigest(), 16)
    value = sum(number * base ** (len(lines) - 1 - k) for k, number in enumerate(numbers)) % (2**256 - 189)
    return hashlib.sha256(f"{len(lines)}:{value:x}".encode()).hexdigest()


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_exact_holds_a_decimal_unrounded_or_not_at_all(value: Decimal) -> None:
    stored = pa.array([rows._fitting(value)], pa.decimal128(38, 12))[0].as_py()
    assert stored is None or stored == value
    small = abs(value) < Decimal(10) ** 20 and value == round(value, 6)
    assert stored == value or not small


@pytest.mark.parametrize(
    ("change", "column"),
    [({"kind": "weight"}, "kind"), ({"line_end": 2**40}, "line_end"), ({"rule": 7}, "rule")],
)
def test_a_value_that_does_not_fit_its_column_is_named(tmp_path: Path, change: dict[str, Any], column: str) -> None:
    made = result("a.txt")
    bad = replace(made, facts=(made.facts[0], made.facts[1]._replace(**change), made.facts[2]))
    with pytest.raises(InvariantError, match=f"table facts, column {column}, row 1: "):
        published(tmp_path / "out", bad)
    assert not (tmp_path / "out").exists()


def test_no_documents_give_empty_tables_that_can_be_read(tmp_path: Path) -> None:
    info = published(tmp_path, refused("x.png"))
    assert validate(tmp_path) == []
    assert frame(tmp_path, "facts", info).empty


def test_frames_have_types_for_notebooks(tmp_path: Path) -> None:
    info = published(tmp_path)
    facts = frame(tmp_path, "facts", info)
    assert (facts["period_start"].dt.year == 2023).all()
    assert facts["exact"].iloc[0] == Decimal("8.7")
    assert str(facts["subject_line"].dtype) == "Int32"
    assert str(facts["line_start"].dtype) == "int32"
    assert str(facts["kind"].dtype) == "category"
    assert facts["period_start"].iloc[0].date() == date(2023, 1, 1)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted as Linux lists them")
def test_reading_begins_no_thread_that_an_early_end_could_abort(tmp_path: Path) -> None:
    published(tmp_path)
    code = (
        "import os, sys, pandas, pyarrow.parquet\nfrom pathlib import Path\n"
        "from zhfacts.tables import frames, publish\n"
        "out = Path(sys.argv[1])\ninfo = publish.read_info(out)\nbefore = len(os.listdir('/proc/self/task'))\n"
        "frames.frame(out, 'facts', info), frames.records(out, 'lines', info, ['x'])\n"
        "print(len(os.listdir('/proc/self/task')) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_records_are_the_rows_of_some_documents_as_python_values(tmp_path: Path) -> None:
    published(tmp_path)
    info = publish.read_info(tmp_path)
    everything = records(tmp_path, "facts", info)
    assert everything == pq.read_table(tmp_path / "facts.parquet").to_pylist()
    some = everything[0]["doc_id"]
    assert records(tmp_path, "facts", info, [some]) == [row for row in everything if row["doc_id"] == some]
    assert records(tmp_path, "facts", info, []) == []
