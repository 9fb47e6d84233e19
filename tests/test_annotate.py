"""The sheet for correcting by hand: drawn, guarded, corrected in whatever program, and read back to be scored."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhfacts
from conftest import Command
from zhfacts.scoring import gold, spreadsheet
from zhfacts.scoring import report as told
from zhfacts.scoring.sample import draw
from zhfacts.scoring.score import Report, score

PAGE = """本报讯 2023年，远岚集团营业收入达到57
84亿元，同比增长8.7%，毛利率提高1.6个百分点。
2023年，松岭精工出口额约3亿美元，约占三成。
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> zhfacts.Run:
    folder = tmp_path_factory.mktemp("run")
    (folder / "page.txt").write_text(PAGE, "utf-8")
    (folder / "other.txt").write_text("2024年，云泊科技员工3000人。\n", "utf-8")
    return zhfacts.run([folder / "page.txt", folder / "other.txt"], folder / "tables")


def scored(run: zhfacts.Run, path: Path) -> Report:
    return score(run.out, run.info, path)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def rewrite(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


@pytest.fixture
def sheet(command: Command, run: zhfacts.Run, tmp_path: Path) -> Path:
    path = tmp_path / "sample.csv"
    assert command("annotate", run.out, "--sample", "99", "-o", path).code == 0
    return path


@given(st.text())
def test_a_guarded_cell_reads_back(cell: str) -> None:
    assert spreadsheet.unguard(spreadsheet.guard(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-27.6", "@A1", "\t=1", " =1", "＝1", "8.7%", "1/3", "2024-03", "12e45678"]
)
def test_cells_that_a_spreadsheet_would_run_or_rewrite_are_guarded(cell: str) -> None:
    assert spreadsheet.guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["8.7", "5784亿元", "", "远岚集团", "57840000000", ">=", "page.txt"])
def test_other_cells_stand_as_they_are(cell: str) -> None:
    assert spreadsheet.guard(cell) == cell


def test_a_sheet_has_no_cell_that_runs_and_opens_in_excel(sheet: Path) -> None:
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfdoc,line,text,")
    rows = rows_of(sheet)
    assert set(rows[0]) == {*spreadsheet.COLUMNS}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert [row["text"] for row in rows][-2:] == ["3亿美元", "三成"]
    assert all(row["quote"] and row["fact_id"] and not row["right"] for row in rows)


def test_an_untouched_sheet_is_all_right_and_says_nothing(command: Command, run: zhfacts.Run, sheet: Path) -> None:
    ended = command("score", run.out, "--gold", sheet)
    assert ended.code == 1
    assert "no row is marked or changed" in ended.err
    assert "precision is over it" in ended.out
    assert "recall  " not in ended.out
    figures = told.figures(scored(run, sheet))
    assert {figure.share for scope in figures.values() for figure in scope.values()} == {1.0, None}


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_corrections_read_back(encoding: str, delimiter: str, command: Command, run: zhfacts.Run, sheet: Path) -> None:
    """However the spreadsheet has saved them: a value and a subject corrected, one row marked, one refused."""
    rows = {row["text"].lstrip("'") + row["line"]: row for row in rows_of(sheet)}
    rows["8.7%2"].update(value="-27.6", change="down", optional="FALSE")
    rows["3亿美元3"].update(subject="砚桥传感", subject_alt="松岭 | 松岭精工", right="Y")
    rows["5784亿元1"].update(right="y")
    rows["三成3"].update(right="n", kind="?")
    rewrite(sheet, list(rows.values()), encoding, delimiter)
    ended = command("score", run.out, "--gold", sheet, "--format", "json", "--errors", "9")
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    total = len(rows)
    assert (found["sample"], found["annotations"], found["refused"], found["untouched"]) == (
        True,
        total - 1,
        1,
        total - 4,
    )
    precision = [found[scope]["precision"] for scope in ("core", "extended")]
    assert [sum(figure[name] for figure in precision) for name in ("right", "of")] == [total - 1, total]
    assert "recall" not in found["core"]
    wrong = {(error["surface"], error["field"]) for error in found["errors"]}
    assert wrong == {("8.7%", "value"), ("8.7%", "change"), ("三成", "spurious")}


def test_a_span_that_was_corrected_and_a_fact_that_is_gone(run: zhfacts.Run, sheet: Path) -> None:
    rows = rows_of(sheet)
    one, other = (row for row in rows if row["text"] in {"'2023年", "5784亿元"} and row["line"] == "1")
    one.update(text="'2023", fact_id="gone")
    other.update(text="84亿元", line="2")
    rewrite(sheet, rows)
    report = scored(run, sheet)
    assert [note.partition(": ")[2] for note in report.notes] == ["fact gone is not in the tables any more"]
    assert (report.tally.count("found", "core"), report.tally.count("missed", "core")) == (len(rows) - 1, 0)


def test_a_row_without_its_fact_is_left_out(run: zhfacts.Run, sheet: Path) -> None:
    rows = rows_of(sheet)
    rows[0].update(fact_id="")
    rewrite(sheet, rows)
    report = scored(run, sheet)
    assert report.annotations == len(rows) - 1
    assert "no fact_id, so left out" in report.notes[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"right": "maybe"}, "sample.csv:2: right is 'maybe'; write y or n"),
        ({"line": "first"}, "sample.csv:2: line is 'first'"),
        ({"value": "12..5", "kind": "percent"}, "sample.csv:2: value is '12..5'"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(
    changes: dict[str, str], says: str, command: Command, run: zhfacts.Run, sheet: Path
) -> None:
    rows = rows_of(sheet)
    rows[0].update(changes)
    rewrite(sheet, rows)
    ended = command("score", run.out, "--gold", sheet)
    assert ended.code == 2
    assert says in ended.err


def test_days_that_a_spreadsheet_has_rewritten(tmp_path: Path, sheet: Path) -> None:
    rows = rows_of(sheet)
    rows[0].update(kind="date", value="2024/2/5", bound="", line="1.0")
    rewrite(sheet, rows)
    found = gold.read(sheet).annotations[0]
    assert (found.value, found.bound, found.line) == ("2024-02-05", "=", 1)


# drawing


def facts(**documents: int) -> list[dict[str, Any]]:
    return [{"source": name, "fact_id": f"{name}{n}"} for name, size in documents.items() for n in range(size)]


def test_a_sample_is_repeatable_and_of_each_document_its_share() -> None:
    all_of = facts(a=60, b=30, c=10)
    drawn = draw(all_of, 20, 0)
    assert [sum(row["source"] == name for row in drawn) for name in "abc"] == [12, 6, 2]
    assert draw(list(reversed(all_of)), 20, 0) == list(reversed(drawn))
    assert draw(all_of, 20, 1) != drawn
    assert draw(all_of, 500, 0) == all_of
    for size in (1, 7, 99):
        assert len(draw(all_of, size, 3)) == size


def test_every_fact_has_the_same_chance() -> None:
    all_of = facts(a=7, b=3)
    often = [sum(row in draw(all_of, 3, seed) for seed in range(600)) for row in all_of]
    assert all(120 < times < 240 for times in often), often


def test_annotate_replaces_nothing_by_itself(command: Command, run: zhfacts.Run, sheet: Path, tmp_path: Path) -> None:
    before = sheet.read_bytes()
    ended = command("annotate", run.out, "-o", sheet)
    assert ended.code == 2
    assert "is there already, perhaps with corrections" in ended.err
    assert sheet.read_bytes() == before
    ended = command("annotate", run.out, "-o", sheet, "--sample", "2", "--seed", "5", "--force")
    assert ended.code == 0
    assert "2 of 9 facts" in ended.out
    assert len(rows_of(sheet)) == 2
    assert command("annotate", run.out, "-o", tmp_path).code == 2
    assert command("annotate", run.out, "-o", "-").code == 2
    assert command("annotate", run.out, "-o", tmp_path / "no" / "sample.csv").code == 3
    assert command("annotate", tmp_path / "no", "-o", tmp_path / "b.csv").code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.csv"]


def test_tables_without_facts_give_no_sample(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("没有数字。\n", "utf-8")
    zhfacts.run(tmp_path / "a.txt", tmp_path / "out")
    ended = command("annotate", tmp_path / "out", "-o", tmp_path / "sample.csv")
    assert ended.code == 2
    assert "holds no facts" in ended.err
