"""Tables: schema, invariants, writing, and what a killed run leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handmade import NEWS, document, fact, refused, result
from zhfacts.errors import InvariantError, OutputError
from zhfacts.records import Fact, Result
from zhfacts.tables import check, publish, rows, schema
from zhfacts.tables.check import check_tables, keep_provable, kind_fault, stands_in
from zhfacts.tables.frames import frame
from zhfacts.tables.validate import validate
from zhfacts.tables.write import write

OTHER = "丙公司增长12%，为3亿元。\n"


def published(out: Path, *results: Result) -> dict[str, Any]:
    with publish.staging(out) as build:
        info = write(results or [result("a.txt"), result("b.txt", OTHER)], build, {"version": "0"})
        publish.commit(build, out)
    return info


def digests(out: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.parquet")}


# schema


def test_facts_have_every_field_of_the_record_but_start_and_end() -> None:
    names = [field.name for field in fields(Fact)]
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
    kept, rejects = keep_provable(made.document, [replace(made.facts[0], **change), *made.facts[1:]])
    assert kept == made.facts[1:]
    assert [(reject.stage, reject.reason, reject.source) for reject in rejects] == [
        ("check", reason, "a.txt")
    ]
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
        assert len(keep_provable(doc, [replace(broken, surface=surface)])[0]) == number


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
    return rows.build(*rows.merge([result("a.txt"), refused("x.png")]))


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
def test_a_bad_column_is_named_with_its_first_bad_row(
    name: str, column: str, values: list[Any], row: int
) -> None:
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
    made = tables()["facts"]
    plain = made.set_column(11, pa.field("kind", pa.string()), made["kind"].cast(pa.string()))
    assert (
        rows.digest(plain)
        == rows.digest(made)
        == rows.digest(pa.concat_tables([made.slice(0, 1), made.slice(1)]))
    )
    assert rows.digest(made.slice(1)) != rows.digest(made)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_exact_holds_a_decimal_unrounded_or_not_at_all(value: Decimal) -> None:
    stored = pa.array([rows._fitting(value)], pa.decimal128(38, 12))[0].as_py()
    assert stored is None or stored == value
    small = abs(value) < Decimal(10) ** 20 and value == round(value, 6)
    assert stored == value or not small


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
        ({"fact_id": "other", "subject_id": None}, None),
    ],
)
def test_validate_checks_rows(tmp_path: Path, change: dict[str, Any], finding: str | None) -> None:
    made = result("a.txt")
    published(tmp_path, replace(made, facts=(replace(made.facts[0], **change), *made.facts[1:])))
    findings = validate(tmp_path)
    assert finding in " ".join(findings) if finding else findings == []


def test_validate_finds_facts_that_overlap(tmp_path: Path) -> None:
    made = result("a.txt")
    published(tmp_path, replace(made, facts=(made.facts[0], replace(made.facts[0], fact_id="again"))))
    assert "not behind the fact before it" in validate(tmp_path)[0]


# the output folder


def test_files_of_others_survive_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours", "utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine", "utf-8")
    for _ in range(2):
        published(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {*publish.FILES, "README.md", "notes"}
    assert (tmp_path / "notes" / "a.txt").read_text("utf-8") == "mine"


def test_a_failed_run_leaves_the_old_outputs_and_no_folder_of_its_own(tmp_path: Path) -> None:
    published(tmp_path / "old")
    before = digests(tmp_path / "old")
    for name in ("old", "fresh"):
        with pytest.raises(RuntimeError), publish.staging(tmp_path / name) as build:
            (build / "facts.parquet").write_text("half", "utf-8")
            raise RuntimeError
    assert digests(tmp_path / "old") == before
    assert {path.name for path in (tmp_path / "old").iterdir()} == set(publish.FILES)
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize("name", ["facts.parquet", "run.json"])
def test_what_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}", "utf-8")
    with pytest.raises(OutputError, match=name), publish.staging(tmp_path):
        pass
    (tmp_path / name).unlink()
    published(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match="is a folder"), publish.staging(tmp_path):
        pass


@pytest.mark.parametrize("place", ["file", "file/below", "dangling"])
def test_an_output_folder_that_cannot_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "dangling").symlink_to(tmp_path / "file" / "no")
    with pytest.raises(OutputError, match=place.partition("/")[0]), publish.staging(tmp_path / place):
        pass


@pytest.mark.parametrize("content", [None, "{", "[]", '{"tool": "other"}'])
def test_a_folder_without_a_run_says_so(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content, "utf-8")
    with pytest.raises(OutputError, match=r"run\.json"):
        publish.read_info(tmp_path)


WRITER = """
import os, signal, sys
from pathlib import Path
from handmade import result
from zhfacts.tables import publish
from zhfacts.tables.write import write

out, text, die_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
moves = 0
move = publish._move

def counted(old, new):
    global moves
    if moves == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    moves += 1
    move(old, new)

publish._move = counted
print("ready", flush=True)
with publish.staging(out) as build:
    write([result("a.txt", text)], build, {"version": "0"})
    publish.commit(build, out)
"""


def writer(out: Path, text: str, die_at: int = -1) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", WRITER, str(out), text, str(die_at)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def state(out: Path) -> str:
    """Which of two runs the folder holds, whole, for readers that know of us."""
    info = publish.read_info(out)
    assert validate(out) == []
    return str(frame(out, "lines", info)["text"].iloc[0])


@pytest.mark.parametrize("move", range(1 + len(publish.FILES)))
def test_a_run_killed_before_any_of_its_renames_leaves_one_run_whole(tmp_path: Path, move: int) -> None:
    (tmp_path / "README.md").write_text("ours", "utf-8")
    published(tmp_path, result("a.txt", "旧增长1%"))
    before = digests(tmp_path)
    with writer(tmp_path, "新增长2%", move) as process:
        assert process.wait() == -signal.SIGKILL
    if move == 0:  # before the commit nothing that is seen has changed
        assert digests(tmp_path) == before
    assert state(tmp_path) == ("旧增长1%" if move == 0 else "新增长2%")
    published(tmp_path, result("a.txt", "再增长3%"))
    assert state(tmp_path) == "再增长3%"
    assert {path.name for path in tmp_path.iterdir()} == {*publish.FILES, "README.md"}


def test_a_reader_without_rights_sees_a_committed_run_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, result("a.txt", "旧增长1%"))
    with writer(tmp_path, "新增长2%", 3) as process:
        process.wait()

    def denied(out: Path) -> None:
        raise PermissionError(out)

    monkeypatch.setattr(publish, "recover", denied)
    assert state(tmp_path) == "新增长2%"
    assert (tmp_path / publish.READY).is_dir()


def test_a_run_killed_at_any_moment_leaves_one_run_whole(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    published(tmp_path, result("a.txt", "旧增长1%"))
    for _ in range(6):
        with writer(tmp_path, "新增长2%") as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.random() * 0.06)
            process.kill()
        assert state(tmp_path) in {"旧增长1%", "新增长2%"}
    published(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(publish.FILES)


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    published(tmp_path)
    before = digests(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (4096, limits[1])
    )  # what a full disk does, but for the error's name
    try:
        full = pytest.raises(OutputError, match="no space left")
        with full, publish.staging(tmp_path) as build, publish.explained(tmp_path):
            write([result("a.txt")], build, {"version": "0"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert digests(tmp_path) == before


def test_two_runs_at_once_do_not_remove_each_others_work(tmp_path: Path) -> None:
    with publish.staging(tmp_path) as first, publish.staging(tmp_path) as second:
        for build, text in ((first, "一增长1%"), (second, "二增长2%")):
            write([result("a.txt", text)], build, {"version": "0"})
            publish.commit(build, tmp_path)
    assert state(tmp_path) == "二增长2%"


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
