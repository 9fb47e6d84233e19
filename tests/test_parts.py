"""Large tables: row groups, folders of parts, and what reads them; memory that does not grow with documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import zhfacts
from conftest import Command
from handmade import NEWS, digests, gathered, published, refused, result
from zhfacts.errors import InvariantError, OutputError
from zhfacts.records import Result
from zhfacts.tables import parts, publish, rows, schema, write
from zhfacts.tables.frames import frame
from zhfacts.tables.package import as_frictionless
from zhfacts.tables.validate import validate

MANY = [result(f"{n:03}.txt", f"甲公司{n}号公告。\n{NEWS}") for n in range(40)]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Tables of 40 documents, those of more than 50 rows in parts."""
    published(tmp_path / "large", *MANY, part_rows=50)
    return tmp_path / "large"


def test_a_table_above_a_size_is_a_folder_of_parts_with_a_manifest(large: Path) -> None:
    info = publish.read_info(large)
    told = info["tables"]["facts"]
    assert [part["file"] for part in told["parts"]] == [
        "part-00000.parquet",
        "part-00001.parquet",
        "part-00002.parquet",
    ]
    assert [part["count"] for part in told["parts"]] == [50, 50, 20]
    assert told["count"] == 120
    assert "parts" not in info["tables"]["documents"]
    assert (large / "documents.parquet").is_file()
    assert {path.name for path in large.iterdir()} == set(publish.FILES)


def test_parts_hold_the_same_rows_as_one_file(large: Path, tmp_path: Path) -> None:
    one = published(tmp_path / "one", *MANY)
    info = publish.read_info(large)
    assert {n: t["rows"] for n, t in info["tables"].items()} == {n: t["rows"] for n, t in one["tables"].items()}
    for name in schema.SCHEMAS:
        assert frame(large, name, info).equals(frame(tmp_path / "one", name, one))


@pytest.mark.parametrize("name", ["facts", "lines", "documents"])
def test_pandas_polars_duckdb_and_pyarrow_read_file_and_parts(large: Path, name: str) -> None:
    path = large / f"{name}.parquet"
    count = publish.read_info(large)["tables"][name]["count"]
    pattern = f"{path}/*.parquet" if path.is_dir() else str(path)
    key = "line" if name == "lines" else "doc_id"
    expected = ds.dataset(path).to_table()[key].to_pylist()
    assert len(expected) == count == len(pq.read_table(path))
    assert pd.read_parquet(path)[key].tolist() == expected
    assert pl.read_parquet(path)[key].to_list() == expected
    assert [row[0] for row in duckdb.sql(f"select \"{key}\" from '{pattern}'").fetchall()] == expected  # noqa: S608


def test_every_type_comes_back_the_same_from_every_reader(tmp_path: Path) -> None:
    published(tmp_path)
    path = tmp_path / "facts.parquet"
    first = pq.read_table(path).to_pylist()[0]
    other = pl.read_parquet(path).row(0, named=True)
    cursor = duckdb.sql(f"select * from '{path}'")  # noqa: S608
    third = dict(zip(cursor.columns, cursor.limit(1).fetchall()[0], strict=True))
    for name in ("kind", "exact", "period_start", "value", "byte_start", "subject", "unit"):
        assert first[name] == other[name] == third[name]


def test_load_validate_and_show_read_parts(large: Path, command: Command) -> None:
    run = zhfacts.load(large)
    assert (len(run.facts), len(run.lines)) == (120, 160)
    assert validate(large) == []
    last = run.facts.iloc[-1]
    ended = command("show", last["fact_id"], "--out", large)
    assert (ended.code, last["surface"] in ended.out) == (0, True)


def test_a_changed_part_is_found(large: Path) -> None:
    (large / "facts.parquet" / "part-00001.parquet").write_bytes(b"no table")
    with pytest.raises(OutputError, match=r"part-00001\.parquet is not the file"):
        _ = zhfacts.load(large).facts
    assert "part-00001.parquet" in " ".join(validate(large))


def test_runs_with_and_without_parts_replace_each_other(large: Path) -> None:
    for part_rows in (parts.PART_ROWS, 50, 30, parts.PART_ROWS):
        published(large, *MANY, part_rows=part_rows)
        assert (large / "facts.parquet").is_dir() == (part_rows < 120)
        assert validate(large) == []
        assert {path.name for path in large.iterdir()} == set(publish.FILES)


def test_a_folder_that_holds_other_files_is_never_taken_for_a_table(large: Path) -> None:
    (large / "facts.parquet" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="is a folder in the place of a table"):
        published(large)
    assert (large / "facts.parquet" / "notes.txt").read_text("utf-8") == "mine"


def test_row_groups_and_codecs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROW_GROUP", 32)
    published(tmp_path, *MANY)
    about = pq.ParquetFile(tmp_path / "lines.parquet").metadata
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [32] * 5
    column = about.row_group(0).column(0)
    assert (column.compression, column.has_dictionary_page) == ("ZSTD", True)


def test_when_rows_are_passed_on_does_not_change_a_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [*MANY, result("900.txt", MANY_COPY), refused("901.png")]
    published(tmp_path / "a", *made)
    monkeypatch.setattr(write, "STRETCH", 5)
    info = published(tmp_path / "b", *made)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert (tmp_path / "a" / "datapackage.json").read_bytes() == (tmp_path / "b" / "datapackage.json").read_bytes()
    documents = frame(tmp_path / "b", "documents", info)
    assert documents["copies"].map(list).tolist() == [["900.txt"] if n == 3 else [] for n in range(40)]
    assert frame(tmp_path / "b", "rejects", info)["detail"].iloc[-2] == "same content as 003.txt"


MANY_COPY = f"甲公司3号公告。\n{NEWS}"


def test_results_are_let_go_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "STRETCH", 20)
    held = []

    def told(tables: write.Tables) -> Iterator[Result]:
        for each in MANY:
            yield each
            held.append(len(tables.kept))

    with write.Tables(tmp_path) as tables:
        for each in told(tables):
            tables.add(each)
        tables.close()
    assert max(held) < 5


def test_a_fault_in_a_late_stretch_is_named_by_its_row_and_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "STRETCH", 5)
    from dataclasses import replace

    wrong = replace(MANY[-1], facts=(MANY[-1].facts[0]._replace(unit="pp"), *MANY[-1].facts[1:]))
    with pytest.raises(InvariantError, match="table facts, column unit, row 117: unit of percent is not %"):
        published(tmp_path / "out", *MANY[:-1], wrong)
    assert not (tmp_path / "out").exists()


def test_an_id_that_two_documents_give_stops_the_publishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "STRETCH", 5)
    from dataclasses import replace

    twice = replace(MANY[1], facts=(MANY[1].facts[0]._replace(fact_id=MANY[0].facts[0].fact_id),))
    with pytest.raises(InvariantError, match="fact_id"):
        published(tmp_path / "out", MANY[0], twice)


# the data package


def test_a_data_package_lies_beside_the_tables(large: Path, tmp_path: Path) -> None:
    package = json.loads((large / "datapackage.json").read_text("utf-8"))
    assert [resource["name"] for resource in package["resources"]] == list(schema.SCHEMAS)
    for resource in package["resources"]:
        paths = [resource["path"]] if isinstance(resource["path"], str) else resource["path"]
        found = pa.concat_tables([pq.read_table(large / path) for path in paths])
        assert [field["name"] for field in resource["schema"]["fields"]] == found.column_names
        assert resource["bytes"] == sum((large / path).stat().st_size for path in paths)
        for link in resource["schema"].get("foreignKeys", ()):
            assert link["reference"]["resource"] in schema.SCHEMAS
    facts = package["resources"][0]["schema"]
    assert facts["primaryKey"] == ["fact_id"]
    kind = next(field for field in facts["fields"] if field["name"] == "kind")
    assert kind["constraints"] == {"required": True, "enum": list(schema.WORDS["kind"])}
    one = published(tmp_path / "one")
    lone = json.loads((tmp_path / "one" / "datapackage.json").read_text("utf-8"))["resources"][0]
    assert lone["hash"] == f"sha256:{one['tables']['facts']['sha256']}"


def test_schema_prints_the_package_without_tables(command: Command) -> None:
    ended = command("schema", "--format", "frictionless")
    assert ended.code == 0
    assert ended.out == as_frictionless()
    described = json.loads(ended.out)
    assert [resource["path"] for resource in described["resources"]] == [f"{name}.parquet" for name in schema.SCHEMAS]


def test_digests_of_rows_do_not_hang_on_pieces() -> None:
    made = gathered(*MANY)["facts"]
    total = rows.Digest()
    for at in range(0, len(made), 7):
        total.update(made.slice(at, 7))
    assert total.hex() == rows.digest(made)


FORMS: tuple[dict[str, object], ...] = (
    {"compression": "none", "use_dictionary": False, "version": "1.0"},
    {"compression": "snappy", "row_group_size": 7, "data_page_version": "2.0"},
    {"compression": "gzip", "row_group_size": 1, "write_statistics": False},
    {"compression": "zstd", "use_dictionary": ["subject"], "column_encoding": {"surface": "DELTA_BYTE_ARRAY"}},
)


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_row_digests_hang_on_rows_and_not_on_how_parquet_holds_them(tmp_path: Path, name: str) -> None:
    """What another version of a library may do otherwise: codecs, encodings, row groups, chunks, dictionaries."""
    info = published(tmp_path / "out", *MANY[:9])
    told = info["tables"][name]["rows"]
    table = pq.read_table(tmp_path / "out" / f"{name}.parquet")
    assert rows.digest(table) == told
    for number, form in enumerate(FORMS):
        encoded = {key: value for key, value in form.items() if key != "column_encoding" or name == "facts"}
        if "use_dictionary" in encoded and name not in {"facts"}:
            encoded["use_dictionary"] = False
        path = tmp_path / f"{number}.parquet"
        pq.write_table(table, path, **encoded)
        assert rows.digest(pq.read_table(path)) == told
    pieces = pa.concat_tables(table.slice(at, 2) for at in range(0, table.num_rows, 2)) if table.num_rows else table
    assert rows.digest(pieces) == told
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    assert rows.digest(table.cast(pa.schema(plain))) == told
    for cut in {0, table.num_rows // 3, table.num_rows}:
        first, second = rows.Digest(), rows.Digest()
        first.update(table.slice(0, cut))
        second.update(table.slice(cut))
        first.append(second)
        assert first.hex() == told
    if table.num_rows > 1 and name != "rejects":
        assert rows.digest(table.slice(1)) != told
        assert rows.digest(table.take(pa.array(range(table.num_rows))[::-1])) != told
