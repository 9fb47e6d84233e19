"""The contract's invariants, before publishing and in what was published."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Command
from handmade import NEWS, document, fact, gathered, published, refused, result, tampered
from zhfacts.errors import InvariantError
from zhfacts.tables import check
from zhfacts.tables.audit import check_tables
from zhfacts.tables.check import keep_provable, kind_fault, stands_in
from zhfacts.tables.contract import frame_faults, schema
from zhfacts.tables.frames import frame
from zhfacts.tables.schema import SCHEMAS
from zhfacts.tables.validate import validate

# invariants of facts


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "big5hkscs"])
def test_provable_facts_are_kept(encoding: str) -> None:
    made = result("a.txt", "丙公司增長12%，\r\n為3%。\r另5%\n" if encoding == "big5hkscs" else NEWS, encoding)
    assert made.document is not None
    assert keep_provable(made.document, reversed(made.facts)) == (made.facts, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"surface": "8.8%"}, "provenance"),
        ({"byte_start": 10**6, "byte_end": 10**6 + 1}, "provenance"),
        ({"byte_start": 1, "byte_end": 3}, "provenance"),  # in the middle of a character
        ({"byte_end": 0}, "provenance"),
        ({"line_start": 2}, "position"),
        ({"line_start": 0}, "position"),
        ({"col_end": 99}, "position"),
        ({"unit": "pp"}, "kind"),
        ({"currency": "CNY"}, "kind"),
        ({"low": 2.0, "high": 1.0, "value": None}, "kind"),
        ({"low": 1.0}, "kind"),
        ({"low": 1.0, "high": 2.0}, "kind"),
        ({"kind": "year", "unit": "year"}, "kind"),
        ({"kind": "money"}, "kind"),
    ],
)
def test_a_fact_that_breaks_an_invariant_becomes_a_reject(change: dict[str, Any], reason: str) -> None:
    made = result("a.txt")
    assert made.document is not None
    kept, rejects = keep_provable(made.document, [made.facts[0]._replace(**change), *made.facts[1:]])
    assert kept == made.facts[1:]
    assert [(reject.stage, reject.reason, reject.source) for reject in rejects] == [("check", reason, "a.txt")]
    assert rejects[0].detail


def test_of_two_facts_that_overlap_the_first_stays() -> None:
    doc = document("a.txt", "增长8.7%")
    columns = {"kind": "percent", "unit": "%", "value": 8.7}
    whole, part = fact(doc, "增长8.7%", 2, 6, **columns), fact(doc, "增长8.7%", 4, 6, **columns)
    kept, rejects = keep_provable(doc, [part, whole])
    assert kept == (whole,)
    assert rejects[0].reason == "order"


def test_furniture_inside_a_number_may_be_left_out_of_the_surface() -> None:
    text = "增长8.\n第12页\n7%。"
    doc = document("a.txt", text)
    broken = fact(doc, text, 2, 12, kind="percent", unit="%", value=8.7)
    assert broken.surface == "8.\n第12页\n7%"
    for surface, number in ((broken.surface, 1), ("8.\n7%", 1), ("8.7%", 1), ("9.\n7%", 0), ("第12页", 0)):
        assert len(keep_provable(doc, [broken._replace(surface=surface)])[0]) == number


def test_furniture_may_be_left_out_in_more_than_one_place() -> None:
    there = "远岚\n第12页\n集团股份\n\n第13页\n公司"
    for surface, right in (
        ("远岚\n集团股份\n公司", True),
        ("远岚\n集团\n公司", False),
        ("远岚\n公司\n集团股份", False),
    ):
        assert stands_in(surface, there) is right


@given(st.text("8.7%\n页", max_size=8), st.text("8.7%\n页", max_size=8))
def test_what_stands_in_is_no_longer_and_has_the_same_ends(surface: str, there: str) -> None:
    if stands_in(surface, there) and surface:
        assert len(surface) <= len(there)
        assert (surface[0], surface[-1]) == (there[0], there[-1])


def test_a_span_of_years_and_a_vague_sum_keep_the_kind_invariant() -> None:
    empty = dict.fromkeys(("value", "low", "high", "currency", "when"))
    years = {**empty, "kind": "year", "unit": "year", "low": -220.0, "high": -210.0, "when": "-0220/-0210"}
    assert kind_fault(years) is None
    assert kind_fault({**empty, "kind": "money", "unit": "CNY", "currency": "CNY"}) is None
    assert kind_fault({**empty, "kind": "date", "unit": "date", "when": "2024-02-15", "value": 1.0})


# invariants of tables


def tables() -> dict[str, pa.Table]:
    return gathered(result("a.txt"), refused("x.png"))


def swapped(name: str, column: str, values: list[Any]) -> dict[str, pa.Table]:
    made = tables()
    at = made[name].schema.get_field_index(column)
    array = pa.array(values, made[name].schema.field(column).type)
    return {**made, name: made[name].set_column(at, made[name].schema.field(at), array)}


def test_tables_of_results_keep_the_contract() -> None:
    check_tables(tables())


@pytest.mark.parametrize(
    ("name", "column", "values", "row"),
    [
        ("facts", "surface", ["a", None, "b"], 1),
        ("facts", "fact_id", ["a", "b", "a"], 2),
        ("facts", "subject_id", ["E-甲公司", None, "E-nobody"], 2),
        ("facts", "doc_id", ["nowhere"] * 3, 0),
        ("facts", "kind", ["percent", "percent", "weight"], 2),
        ("mentions", "entity_id", ["E-甲公司", "?"], 1),
        ("rejects", "doc_id", [None, "nowhere"], 1),
        ("lines", "line", [1, 2, 2], 2),
    ],
)
def test_a_bad_column_is_named_with_its_first_bad_row(name: str, column: str, values: list[Any], row: int) -> None:
    with pytest.raises(InvariantError, match=f"table {name}, column {column}, row {row}: "):
        check_tables(swapped(name, column, values))


def test_a_missing_table_or_column_or_another_type_is_named() -> None:
    made = tables()
    with pytest.raises(InvariantError, match="table lines is missing"):
        check_tables({name: table for name, table in made.items() if name != "lines"})
    with pytest.raises(InvariantError, match="table lines, column text: missing"):
        check_tables({**made, "lines": made["lines"].drop_columns(["text"])})
    other = made["lines"].set_column(1, "line", pa.array([1, 2, 3], pa.int64()))
    with pytest.raises(InvariantError, match="table lines, column line: "):
        check_tables({**made, "lines": other})


# validate


def test_validate_finds_nothing_in_what_a_run_wrote(tmp_path: Path) -> None:
    seeds = tmp_path / "in"
    seeds.mkdir()
    texts = {"a.txt": (NEWS, "utf-8"), "b.txt": ("丙公司\r\n增长12%，\r为3亿元。", "gb18030")}
    for name, (text, encoding) in texts.items():
        (seeds / name).write_bytes(text.encode(encoding))
    published(tmp_path / "out", *(result(name, *args) for name, args in texts.items()))
    assert validate(tmp_path / "out") == []
    assert validate(tmp_path / "out", seeds) == []
    (seeds / "b.txt").write_text("changed", "utf-8")
    assert "b.txt" in " ".join(validate(tmp_path / "out", seeds))
    (seeds / "b.txt").unlink()
    assert len(validate(tmp_path / "out", seeds)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_validate_finds_a_file_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "\udcff新.txt").write_text(NEWS, "utf-8")
    published(tmp_path / "out", result("\\udcff新.txt"))
    assert validate(tmp_path / "out", tmp_path) == []


def test_validate_finds_a_changed_file(tmp_path: Path) -> None:
    published(tmp_path)
    (tmp_path / "lines.parquet").write_bytes(b"no table")
    (tmp_path / "facts.parquet").unlink()
    findings = validate(tmp_path)
    assert len(findings) == 2
    assert "facts.parquet" in findings[0]
    assert "lines.parquet" in findings[1]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"surface": "9.9%"}, "hold '8.7%', not '9.9%'"),
        ({"col_start": 3, "col_end": 5}, "line and column hold"),
        ({"byte_start": 30}, "byte_start"),
        ({"line_end": 77}, "line and column hold None"),
        ({"low": 3.0, "high": 2.0}, "low is above high"),
        ({"unit": "pp"}, "unit of percent is not %"),
        ({"exact": Decimal("8.8")}, "exact is value"),
        ({"delta": 3.0, "change": "up"}, "delta is the size of a change"),
        ({"period_start": date(2025, 1, 1), "period_end": date(2024, 1, 1)}, "periods run forwards"),
        ({"subject": None}, "a subject_id has a subject"),
        ({"doc_id": "nowhere"}, "is not in documents"),
        ({"fact_id": "other", "subject_id": None}, None),
    ],
)
def test_validate_checks_rows(tmp_path: Path, change: dict[str, Any], finding: str | None) -> None:
    published(tmp_path, result("a.txt"))
    tampered(tmp_path, "facts", 0, **change)
    findings = validate(tmp_path)
    assert finding in " ".join(findings) if finding else findings == []


def test_validate_reads_every_value_again_by_the_rules_of_the_run(tmp_path: Path, command: Command) -> None:
    (tmp_path / "a.txt").write_text("远岚集团2023年出口额增长8.7%，投入3、5万元。\n", "utf-8")
    assert command("extract", tmp_path / "a.txt", "--out", tmp_path / "out").code == 0
    assert command("validate", tmp_path / "out", "--source", tmp_path).code == 0
    tampered(tmp_path / "out", "facts", 2, value=40_000.0, exact=Decimal(40_000))
    ended = command("validate", tmp_path / "out")
    assert ended.code == 3
    assert "row 2 (a.txt:1): value, low, high are (40000.0, None, None), and '3' reads as (30000.0" in ended.out
    info = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    info["digests"]["rules"] = "of another version"
    (tmp_path / "out" / "run.json").write_text(json.dumps(info), "utf-8")
    ended = command("validate", tmp_path / "out")
    assert (ended.code, "values are not read again" in ended.err) == (0, True)


def test_both_forms_of_the_contract_agree_on_what_a_run_writes(tmp_path: Path) -> None:
    info = published(tmp_path)
    frames = {name: frame(tmp_path, name, info) for name in SCHEMAS}
    assert frame_faults(frames) == []
    for name, made in frames.items():
        assert list(schema(name).columns) == list(made)
    facts = frames["facts"].copy()
    facts["line_start"] = 0
    facts.loc[1, "fact_id"] = facts.loc[0, "fact_id"]
    facts.loc[0, "bound"] = None
    found = " ".join(frame_faults({**frames, "facts": facts}))
    for part in ("column line_start, row 0: is below 1", "column bound, row 0", "fact_id"):
        assert part in found


def test_validate_finds_facts_that_overlap(tmp_path: Path) -> None:
    published(tmp_path, result("a.txt"))
    tampered(tmp_path, "facts", 1, byte_start=1)
    assert "not behind the fact before it" in validate(tmp_path)[0]


def test_a_long_line_is_measured_but_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "增长8%，" * 2_000
    doc = document("a.txt", text)
    facts = [fact(doc, text, at, at + 2, kind="percent", unit="%") for at in range(2, len(text), 5)]
    measured = 0

    def counted(part: str, encoding: str) -> bytes:
        nonlocal measured
        measured += len(part)
        return part.encode(encoding)

    monkeypatch.setattr(check, "encode", counted)
    assert keep_provable(doc, facts) == (tuple(facts), ())
    assert measured <= len(text)
