"""Facts in other forms: JSON Lines, CSV for a spreadsheet, Web Annotations that lead back into the text."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest

import zhfacts
from conftest import Command
from handmade import published, result
from zhfacts.tables.schema import COLUMNS

TEXT = "\ufeff甲𠀀公司公告。\r\n2023年，远岚集团出口额增长8.7%，达到57\n84亿元。\r\n\r\n汐岚集团下降5%。"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One text in four encodings, one of them with a line that cannot be decoded."""
    folder = tmp_path_factory.mktemp("exported")
    for encoding in ENCODINGS:
        (folder / f"{encoding} 文.txt").write_bytes(TEXT.encode(encoding))
    (folder / "broken.txt").write_bytes("占9%。\n".encode() + b"\xff\n" + f"占8%。\n{TEXT[1:]}".encode())
    zhfacts.run([folder], folder / "out")
    return folder / "out"


def exported(command: Command, out: Path, form: str) -> str:
    ended = command("export", out, "--format", form)
    assert ended.code == 0
    assert ended.err == ""
    return ended.out


def test_jsonl_has_every_fact_with_every_column(command: Command, out: Path) -> None:
    rows = [json.loads(line) for line in exported(command, out, "jsonl").splitlines()]
    stored = pq.read_table(out / "facts.parquet").to_pylist()
    assert [list(row) for row in rows] == [[name for name, *_ in COLUMNS["facts"]]] * len(stored)
    for row, expected in zip(rows, stored, strict=True):
        assert row["surface"] == expected["surface"]
        assert row["value"] == expected["value"]
        assert (None if row["exact"] is None else Decimal(row["exact"])) == expected["exact"]
        assert row["period_start"] == (str(expected["period_start"]) if expected["period_start"] else None)


def test_csv_is_for_excel(command: Command, out: Path) -> None:
    text = exported(command, out, "csv")
    assert text.startswith("\ufefffact_id,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    stored = pq.read_table(out / "facts.parquet").to_pylist()
    assert [row["surface"] for row in rows] == [row["surface"] for row in stored]
    assert {row["delta"] for row in rows if row["change"] == "down"} == {"-5.0"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "\t=", "'"])
def test_no_cell_of_a_document_is_a_formula(command: Command, tmp_path: Path, sign: str) -> None:
    published(tmp_path / "out", result(f"{sign}甲.txt", f"{sign}2,甲公司增长8.7%。\n"))
    (row,) = csv.DictReader(io.StringIO(exported(command, tmp_path / "out", "csv").removeprefix("\ufeff")))
    assert row["source"] == f"'{sign}甲.txt"
    assert row["quote"].startswith(f"'{sign}2")
    (plain,) = map(json.loads, exported(command, tmp_path / "out", "jsonl").splitlines())
    assert plain["source"] == f"{sign}甲.txt"


def selectors(annotation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {selector["type"]: selector for selector in annotation["target"]["selector"]}


def test_web_annotations_lead_into_the_decoded_text(command: Command, out: Path) -> None:
    collection = json.loads(exported(command, out, "webannotation"))
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert collection["type"] == "AnnotationCollection"
    items = collection["first"]["items"]
    assert collection["total"] == len(items) == pq.read_metadata(out / "facts.parquet").num_rows
    assert len({item["id"] for item in items}) == len(items)
    found = set()
    for item in items:
        source = unquote(item["target"]["source"])
        if source == "broken.txt":
            continue
        encoding = source.partition(" ")[0]
        text = (out.parent / source).read_bytes().decode(encoding).removeprefix("\ufeff")
        place, words = selectors(item)["TextPositionSelector"], selectors(item)["TextQuoteSelector"]
        start, end = place["start"], place["end"]
        assert text[start:end] == words["exact"]
        assert text[:start].endswith(words["prefix"])
        assert text[end:].startswith(words["suffix"])
        assert min(start, 32) == len(words["prefix"])
        row = json.loads(item["body"][1]["value"])
        assert item["body"][0]["value"] == row["kind"]
        assert row["surface"] == words["exact"]
        found.add((encoding, words["exact"]))
    assert found == {(encoding, words) for encoding in ENCODINGS for words in ("2023年", "8.7%", "57\n84亿元", "5%")}


def test_a_line_that_could_not_be_decoded_counts_no_characters(command: Command, out: Path) -> None:
    items = json.loads(exported(command, out, "webannotation"))["first"]["items"]
    places = [selectors(item) for item in items if item["target"]["source"] == "broken.txt"]
    assert [place["TextPositionSelector"]["start"] for place in places][:2] == [1, 7]
    assert places[1]["TextQuoteSelector"]["prefix"] == "占9%。\n\n占"


def test_no_facts_are_an_empty_collection(command: Command, tmp_path: Path) -> None:
    published(tmp_path / "out", result("a.txt", "没有数字。\n"))
    collection = json.loads(exported(command, tmp_path / "out", "webannotation"))
    assert (collection["total"], collection["first"]["items"]) == (0, [])


@pytest.mark.parametrize("form", ["jsonl", "csv", "webannotation"])
def test_a_file_is_written_whole_and_the_same_each_time(command: Command, out: Path, tmp_path: Path, form: str) -> None:
    (tmp_path / "b").write_text("old", "utf-8")
    for name in ("a", "b"):
        assert command("export", out, "--format", form, "-o", tmp_path / name).code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_fault_leaves_the_old_file(command: Command, tmp_path: Path) -> None:
    published(tmp_path / "out", result("a.txt"))
    (tmp_path / "old.csv").write_text("old", "utf-8")
    (tmp_path / "out" / "lines.parquet").write_bytes(b"")
    ended = command("export", tmp_path / "out", "--format", "webannotation", "-o", tmp_path / "old.csv")
    assert ended.code == 3
    assert (tmp_path / "old.csv").read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.csv", "out"]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("out/facts.parquet", 2, "belongs to the tables of the run"),
        ("no/facts.csv", 3, "cannot write"),
        (".", 2, "is no file"),
        ("-", 2, "is no file"),
    ],
)
def test_places_that_no_file_can_have(command: Command, out: Path, name: str, code: int, said: str) -> None:
    ended = command("export", out, "--format", "csv", "-o", out.parent / name)
    assert ended.code == code
    assert said in ended.err
