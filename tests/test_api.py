"""The functions a notebook calls: extract, run, load."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import zhfacts
from handmade import refused, result
from zhfacts import api
from zhfacts.cache.store import FOLDER
from zhfacts.errors import InputError, OutputError, RuleError
from zhfacts.progress import Step
from zhfacts.tables import publish
from zhfacts.tables.write import write


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.parquet"))}


def lasting(info: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in info.items() if key not in {"started", "finished"}}


def test_load_reads_tables_when_they_are_asked_for(tmp_path: Path) -> None:
    with publish.staging(tmp_path) as build:
        write([result("a.txt"), refused("x.png")], build, {"version": "0"})
        publish.commit(build, tmp_path)
    run = zhfacts.load(tmp_path)
    assert "facts" not in vars(run)
    assert run.facts["exact"].tolist() == [Decimal("8.7"), Decimal("5784") * 10**8, Decimal(36)]
    assert run.facts is run.facts
    assert [len(getattr(run, name)) for name in ("entities", "mentions", "documents", "lines", "rejects")] == [
        *(2, 2, 1, 3, 2)
    ]
    assert run.exit_code == 1
    assert run.out == tmp_path


def test_a_table_that_changes_under_a_loaded_run_is_not_mixed_in(tmp_path: Path) -> None:
    for text in ("甲公司增长1%", "乙公司增长2%"):
        with publish.staging(tmp_path) as build:
            write([result("a.txt", text)], build, {"version": "0"})
            publish.commit(build, tmp_path)
        if text.startswith("甲"):
            run = zhfacts.load(tmp_path)
    with pytest.raises(OutputError, match="load again"):
        _ = run.facts


@pytest.mark.parametrize("reasons", [["duplicate"], ["unsupported_type"], []])
def test_exit_code_is_0_where_only_other_files_are_left_out(tmp_path: Path, reasons: list[str]) -> None:
    with publish.staging(tmp_path) as build:
        write([result("a.txt"), *(refused("x", reason) for reason in reasons)], build, {})
        publish.commit(build, tmp_path)
    assert zhfacts.load(tmp_path).exit_code == 0


def test_load_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is not a folder"):
        zhfacts.load(tmp_path / "no")


def test_extract_gives_facts_in_order_of_position() -> None:
    text = "2023年，甲公司出口额增长8.7%，达到5784亿元。"
    facts = zhfacts.extract(text)
    assert [fact.kind for fact in facts] == ["year", "percent", "money"]
    assert [text[fact.start : fact.end] for fact in facts] == [fact.surface for fact in facts]
    assert facts[1].value == 8.7
    assert facts[1].source == ""
    assert zhfacts.extract("") == []


def test_extract_resolves_against_the_day_of_publication() -> None:
    text = "今年5月，甲公司出口额增长8.7%。"
    for published in (date(2024, 3, 12), datetime(2024, 3, 12, 8, 30)):
        assert zhfacts.extract(text, published=published)[0].date_start == date(2024, 5, 1)
    assert zhfacts.extract(text)[0].date_start is None


def test_extract_loads_neither_pandas_nor_pyarrow() -> None:
    code = (
        "import sys, zhfacts; zhfacts.extract('增长8.7%。'); "
        "print(sorted({'pandas', 'pyarrow', 'typer', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_run_is_the_same_twice_in_any_order_and_with_any_number_of_jobs(documents: Path, tmp_path: Path) -> None:
    first, second = documents / "新闻.txt", documents / "子"
    runs = [
        api.run([first, second], tmp_path / "1"),
        api.run([second, first], tmp_path / "2", jobs=2),
        api.run([str(first), str(second)], str(tmp_path / "1")),
    ]
    assert files(tmp_path / "1") == files(tmp_path / "2")
    assert lasting(runs[0].info) == lasting(runs[1].info) == lasting(runs[2].info)
    assert len(runs[0].facts) >= 5
    assert runs[0].exit_code == 0


def test_run_json_says_with_what_it_was_made(documents: Path, tmp_path: Path) -> None:
    run = api.run(documents, tmp_path / "out", published=date(2024, 3, 12))
    assert run.info["version"] == zhfacts.__version__
    assert len(run.info["digests"]["rules"]) == 64
    assert run.info["settings"]["published"] == "2024-03-12"
    assert run.info["started"] <= run.info["finished"]
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8")) == run.info


def test_the_same_content_twice_is_extracted_once(documents: Path, tmp_path: Path) -> None:
    text = (documents / "新闻.txt").read_bytes()
    (documents / "子" / "a.txt").write_bytes(text)
    run = api.run(documents, tmp_path / "out")
    assert len(run.documents) == 2
    assert run.rejects["reason"].tolist().count("duplicate") == 1
    assert run.facts["fact_id"].is_unique
    assert run.exit_code == 0


def test_a_bad_document_does_not_stop_the_others(documents: Path, tmp_path: Path) -> None:
    (documents / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (documents / "空.txt").write_bytes(b"")
    run = api.run(documents, tmp_path / "out")
    assert run.exit_code == 1
    assert len(run.documents) == 2
    assert set(run.rejects["source"]) >= {"图.txt", "空.txt"}


def test_a_fault_of_ours_in_one_document_is_a_row(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhfacts import flow

    extract_file = flow.extract_file

    def faulty(source: str, path: Path, settings: flow.Settings) -> object:
        if source == "新闻.txt":
            raise IndexError("no such block")
        return extract_file(source, path, settings)

    monkeypatch.setattr(flow, "extract_file", faulty)
    run = api.run(documents, tmp_path / "out")
    assert run.rejects["reason"].tolist() == ["internal_error"]
    assert run.exit_code == 1
    assert len(run.documents) == 1


def test_a_broken_rule_stops_the_run_and_leaves_the_old_outputs(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhfacts import flow

    api.run(documents, tmp_path / "out")
    before = files(tmp_path / "out")

    def broken(*_: object) -> None:
        raise RuleError("rules.toml:3: bad")

    monkeypatch.setattr(flow, "extract_file", broken)
    with pytest.raises(RuleError):
        api.run(documents, tmp_path / "out", force=True)
    assert files(tmp_path / "out") == before
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*publish.FILES, FOLDER}


def test_wrong_arguments_make_no_folder(documents: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="jobs is 0"):
        api.run(documents, tmp_path / "out", jobs=0)
    with pytest.raises(InputError):
        api.run(tmp_path / "missing", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_progress_is_told_of_every_document(documents: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    api.run(documents, tmp_path / "out", progress=steps.append)
    assert [(step.done, step.total) for step in steps] == [(1, 2), (2, 2)]
    assert any(step.startswith("[1/2] ") for step in steps)
