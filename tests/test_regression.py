"""`zhfacts diff` and `zhfacts accept`: which fact is which, what changed, and what a baseline holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import zhfacts
from conftest import Command
from zhfacts.errors import InputError, OutputError
from zhfacts.regression import baseline
from zhfacts.regression.baseline import Facts, of_facts, read, shortened, write
from zhfacts.regression.diff import Change, Report, compare

NEWS = "2023年，远岚集团营业收入为3亿元，同比增长8.7%。\n\n松山省的产量达到5万吨。\n"
LONG = "远岚集团松山省分公司的新型传感器生产基地"


def facts(text: str, source: str = "a.txt") -> Facts:
    found = of_facts(zhfacts.extract(text))
    return Facts([{**row, "source": source} for row in found.rows])


def told(report: Report) -> list[tuple[str, str, list[str]]]:
    return [(c.what, c.row["surface"], [name for name, *_ in c.fields]) for c in report.changes]


def test_the_same_text_has_no_changes() -> None:
    report = compare(facts(NEWS), facts(NEWS))
    assert (report.changes, report.same) == ((), 4)


def test_a_fact_more_and_a_fact_less() -> None:
    more = NEWS + "\n丙公司的利润为7万元。\n"
    assert told(compare(facts(NEWS), facts(more))) == [("added", "7万元", [])]
    assert told(compare(facts(more), facts(NEWS))) == [("removed", "7万元", [])]


def test_facts_on_other_lines_have_moved() -> None:
    report = compare(facts(NEWS), facts(f"记者从会上获悉。\n\n{NEWS}"))
    assert {what for what, *_ in told(report)} == {"moved"}
    assert report.counts == {"moved": 4}
    assert compare(facts(NEWS), facts(f"记者从会上获悉。\n\n{NEWS}"), ["place"]).changes == ()


def test_a_line_broken_elsewhere_moves_a_fact() -> None:
    before, after = "松山省的产量达到5万吨，增长8.7%。\n", "松山省的产量达到5万\n吨，增长8.7%。\n"
    moved = compare(facts(before), facts(after))
    assert [what for what, *_ in told(moved)][-1] == "moved"


def test_columns_that_changed_are_named_with_both_values() -> None:
    new = facts(NEWS)
    new.rows[2].update(subject="乙公司", delta=9.0)
    (change,) = compare(facts(NEWS), new).changes
    assert change.fields == (("delta", 8.7, 9.0), ("subject", "远岚集团", "乙公司"))
    assert compare(facts(NEWS), new).fields == {"delta": 1, "subject": 1}
    assert [name for name, *_ in compare(facts(NEWS), new, ["delta"]).changes[0].fields] == ["subject"]


def test_another_kind_or_other_ends_are_changes_of_one_fact() -> None:
    kind, ends = facts(NEWS), facts(NEWS)
    kind.rows[1]["kind"] = "quantity"
    assert told(compare(facts(NEWS), kind)) == [("changed", "3亿元", ["kind"])]
    ends.rows[1].update(surface="为3亿元", near="0", col_start=ends.rows[1]["col_start"] - 1)
    assert told(compare(facts(NEWS), ends)) == [("changed", "为3亿元", ["place", "surface"])]


def test_a_figure_that_was_corrected_is_a_change_of_one_fact() -> None:
    report = compare(facts(NEWS), facts("据介绍，" + NEWS.replace("8.7%", "9.7%")))
    assert report.counts == {"moved": 2, "changed": 1}
    (change,) = [change for change in report.changes if change.what == "changed"]
    assert ("surface", "8.7%", "9.7%") in change.fields


def test_documents_are_told_apart() -> None:
    report = compare(facts(NEWS, "a.txt"), facts(NEWS, "b.txt"))
    assert {source: len(found) for source, found in report.documents.items()} == {"a.txt": 4, "b.txt": 4}


def test_equal_sentences_are_matched_in_order() -> None:
    line = "甲公司的利润为7万元。\n\n"
    report = compare(facts(line * 3), facts(line * 4))
    assert report.counts["added"] == 1
    assert report.counts["removed"] == report.counts["changed"] == 0


def test_matching_thousands_alike_is_linear() -> None:
    seconds, row = [], facts("利润为7万元。").rows[0]
    for n in (2000, 8000):
        rows = [{**row, "line_start": k, "line_end": k} for k in range(n)]
        begin = time.process_time()
        compare(Facts(rows), Facts(rows[1:] + rows[:1]))
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 12 * max(0.05, seconds[0]), seconds


# Baselines


def test_a_baseline_comes_back_and_holds_no_long_words(tmp_path: Path) -> None:
    text = f"{LONG}的产量为3万吨。"
    found, path = facts(text), tmp_path / "b.jsonl"
    found.rows[0]["subject"] = LONG
    write(found.shortened(), path)
    assert LONG not in path.read_text("utf-8")
    assert "quote" not in path.read_text("utf-8").split("\n", 1)[1]
    assert shortened(LONG) in path.read_text("utf-8")
    assert compare(read(path), found).changes == ()
    write(found, path)
    assert read(path) == found
    assert [each.name for each in tmp_path.iterdir()] == ["b.jsonl"]


def test_columns_that_a_baseline_lacks_are_not_compared(tmp_path: Path) -> None:
    path, new = tmp_path / "b.jsonl", facts(NEWS)
    write(facts(NEWS).without(["link_score", "rule"]), path)
    for row in new.rows:
        row.update(link_score=0.01, rule="other")
    assert compare(read(path), new).changes == ()


def test_a_baseline_is_sorted_and_hides_nothing(tmp_path: Path) -> None:
    found = facts(NEWS)
    found.rows[0]["subject"] = "甲\u202e\x1b[31m"
    assert baseline.text_of(found) == baseline.text_of(Facts(found.rows[::-1]))
    text = baseline.text_of(found)
    assert "\\u202e\\u001b[31m" in text
    assert json.loads(text.split("\n")[1])["subject"] == "甲\u202e\x1b[31m"


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no baseline"), ("[]\n", "no baseline"), ('{"baseline": "zhfacts", "version": 9}\n', "no baseline")],
)
def test_another_file_is_no_baseline_and_is_not_replaced(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        write(facts(NEWS), path)
    assert path.read_text("utf-8") == text


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    write(facts(NEWS), path)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "<<<<<<< HEAD", *lines[2:]]), "utf-8")
    with pytest.raises(InputError, match="line 3 holds no fact"):
        read(path)


def test_a_folder_that_is_not_there_is_an_error_of_output(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write(facts(NEWS), tmp_path / "no" / "b.jsonl")


def test_a_change_needs_one_of_both() -> None:
    with pytest.raises(AssertionError):
        _ = Change("a.txt", None, None).row


# The commands


@pytest.fixture
def runs(command: Command, tmp_path: Path, documents: Path) -> tuple[Path, Path]:
    """Tables of the documents, and of the same with one sentence more and a line before another."""
    assert command("extract", documents, "--out", tmp_path / "old").code == 0
    (documents / "新闻.txt").write_text("本报讯\n\n" + (documents / "新闻.txt").read_text("utf-8"), "utf-8")
    (documents / "子" / "二.txt").write_text("丙公司去年投资约12亿美元，占36%。利润为7万元。\n", "utf-8")
    assert command("extract", documents, "--out", tmp_path / "new").code == 0
    return tmp_path / "old", tmp_path / "new"


def test_diff_ends_with_0_1_or_2(command: Command, runs: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = runs
    assert command("diff", old, old).code == 0
    assert "Nothing changed: " in command("diff", old, old).out
    ended = command("diff", old, new)
    assert ended.code == 1
    assert re.search(r"  \+ 1:\d+ 7万元 \(money\): 丙公司 · 利润\n", ended.out)
    assert "> 4 facts, the first from 1:" in ended.out
    assert command("diff", old, tmp_path / "no").code == 2
    assert command("diff", old, new, "--ignore", "nothing").code == 2
    assert "may be ignored are" in command("diff", old, new, "--ignore", "nothing").err
    assert command("diff", old).code == 2


def test_diff_as_json_and_markdown(command: Command, runs: tuple[Path, Path]) -> None:
    found = json.loads(command("diff", *runs, "--format", "json").out)
    assert found["counts"]["added"] == 1
    assert [each["fact"]["surface"] for each in found["documents"]["子/二.txt"] if each["what"] == "added"] == ["7万元"]
    text = command("diff", *runs, "--format", "markdown").out
    assert text.startswith("# Changes of facts\n\n1 added, ")
    assert "| 子/二.txt | 1 | 0 |" in text


def test_accept_writes_what_diff_compares_with(command: Command, runs: tuple[Path, Path], tmp_path: Path) -> None:
    (old, new), path = runs, tmp_path / "baseline.jsonl"
    assert "A new baseline." in command("accept", old, "--baseline", path).out
    assert command("diff", path, old).code == 0
    assert command("diff", path, new).code == 1
    before = path.read_bytes()
    assert "1 added" in command("accept", new, "--baseline", path).out
    assert path.read_bytes() != before
    assert command("diff", path, new).code == 0
    assert command("accept", path, "--baseline", path).code == 2
    assert command("accept", new).code == 2


def test_words_of_documents_do_not_steer_the_terminal(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "坏\x1b[31m|`.txt").write_text("甲公司\u202e利润为7万元。", "utf-8")
    (folder / "b.txt").write_text("乙公司利润为7万元。", "utf-8")
    assert command("extract", folder / "b.txt", "--out", tmp_path / "old").code == 0
    assert command("extract", folder, "--out", tmp_path / "new").code == 0
    for form in ("table", "json", "markdown"):
        ended = command("diff", tmp_path / "old", tmp_path / "new", "--format", form)
        assert ended.code == 1
        assert not {"\x1b", "\u202e"} & set(ended.out)


def test_update_golden_is_refused_in_ci(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/test_golden.py", "--update-golden", "-q", "-p", "no:cacheprovider"],
        cwd=pytestconfig.rootpath, env={**os.environ, "CI": "true"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not in CI" in done.stdout
