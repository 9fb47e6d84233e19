"""How commands behave towards people in a hurry and towards programs: quiet, JSON, completion, Ctrl-C, doctor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import zhfacts
from conftest import MAIN, Command
from handmade import published, refused, result
from zhfacts import checkup, knowledge
from zhfacts.link import words

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    published(tmp_path / "out", result("a.txt"), refused("x.png"))
    return tmp_path / "out"


# quiet and verbose


def test_quiet_says_nothing_when_all_is_well(command: Command, documents: Path, tmp_path: Path) -> None:
    ended = command("extract", documents, "--out", tmp_path / "out", "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert command("validate", tmp_path / "out", "-q").out == ""
    assert command("export", tmp_path / "out", "--format", "csv", "-o", tmp_path / "a.csv", "-q").err == ""
    asked = command("query", "SELECT count(*) AS n FROM facts", "--out", tmp_path / "out", "--format", "csv", "-q")
    assert asked.out.startswith("n\r\n")
    assert command("extract", tmp_path / "no", "-q").err.startswith("zhfacts: Input not found")
    assert "documents" in command("extract", documents, "--out", tmp_path / "out").out  # the next call is its own


def test_verbose_names_every_reject_and_what_was_at_work(command: Command, documents: Path, tmp_path: Path) -> None:
    for number in range(7):
        (documents / f"图{number}.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([number]))
    ended = command("extract", documents, "-o", tmp_path / "out", "-v")
    assert ended.code == 1
    assert f"rules {knowledge.digest()[:12]}" in ended.err
    assert [f"图{number}.txt: binary: " in ended.err for number in range(7)] == [True] * 7
    brief = command("extract", documents, "-o", tmp_path / "out").err
    assert brief.count(".txt: This is a PNG image") == 5


# JSON for programs


def test_json_of_a_run_is_run_json(command: Command, documents: Path, tmp_path: Path) -> None:
    ended = command("extract", documents, "--out", tmp_path / "out", "--json")
    assert json.loads(ended.out) == json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))


def test_json_of_a_fact_has_its_lines(command: Command, out: Path) -> None:
    row = zhfacts.load(out).facts.iloc[1]
    told = json.loads(command("show", row["fact_id"], "--out", out, "--json").out)
    assert told["fact"]["surface"] == row["surface"]
    (line,) = told["lines"]
    assert line["text"][told["fact"]["col_start"] : told["fact"]["col_end"]] == row["surface"]


def test_json_of_a_text(command: Command) -> None:
    told = json.loads(command("explain", "2023年出口额增长8.7%。", "--json").out)
    assert [fact["surface"] for fact in told["facts"]] == ["2023年", "8.7%"]
    assert told["rejects"] == []


def test_json_of_a_check(command: Command, out: Path) -> None:
    ended = command("validate", out, "--json")
    assert json.loads(ended.out) == {"findings": [], "read_again": False}
    (out / "facts.parquet").write_bytes(b"")
    ended = command("validate", out, "--json")
    assert ended.code == 3
    assert "facts.parquet" in json.loads(ended.out)["findings"][0]


# wrong usage


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ["top"],
            "Missing argument 'WHAT': choose from entities, indicators, amounts, recent; for example: zhfacts top",
        ),
        (["export", "x"], "Missing option '--format': choose from jsonl, csv, webannotation; for example: zhfacts exp"),
        (["query"], "for example: zhfacts query"),
        (["top", "all"], "Invalid value for 'WHAT': 'all' is not one of 'entities'"),
        (["extrac"], "Did you mean 'extract'?"),
        (["diff", "--ignor", "x"], "see `zhfacts diff --help`"),
        (["accept", "x", "--baseline", "."], "is no file; give the name of one"),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(command: Command, args: list[str], said: str) -> None:
    ended = command(*args)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_nothing_is_no_name_of_a_file(command: Command) -> None:
    assert "name of a file" not in command("explain", "").out


# completion


def completed(words: str, number: int) -> list[str]:
    asked = {"_ZHFACTS_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    code = "import sys; sys.argv[0] = 'zhfacts'; " + MAIN
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_shell_completes_commands_options_and_words() -> None:
    assert completed("zhfacts ex", 1) == ["extract", "explain", "export"]
    assert completed("zhfacts top am", 2) == ["amounts"]
    assert completed("zhfacts export --fo", 2) == ["--format"]


# Ctrl-C


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another matter there")
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT i FROM range(100000000000) t(i)",  # more rows than there is time for, written while they come
        "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(1000000) b",  # one row, long in coming
    ],
)
def test_a_long_question_is_stopped_and_writes_nothing(process: Start, out: Path, tmp_path: Path, sql: str) -> None:
    (tmp_path / "answer.csv").write_text("old", "utf-8")
    with process("query", sql, "--out", out, "--to", tmp_path / "answer.csv") as ended:
        while len(list(tmp_path.iterdir())) < 3:  # until the new file is there under its other name
            assert ended.poll() is None
            time.sleep(0.05)
        time.sleep(1)  # so that it is asked, too
        ended.send_signal(signal.SIGINT)
        _, err = ended.communicate()
    assert ended.returncode == 130
    assert err == "zhfacts: stopped; nothing was changed, and the same command begins anew\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.csv", "out"]
    assert (tmp_path / "answer.csv").read_text("utf-8") == "old"


# doctor


def test_doctor_finds_this_installation_whole(command: Command) -> None:
    ended = command("doctor", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["ok"]) == (0, True)
    found = {check["name"]: check["found"] for check in told["checks"]}
    assert knowledge.digest() in found["rules"]
    assert words.digest() in found["segmenter"]
    assert {"Python", "zhfacts", "duckdb", "spacy", "tagger", "extraction", "extra pdf"} <= found.keys()
    plain = command("doctor")
    assert plain.code == 0
    assert plain.out.count("\n") == len(told["checks"])


def test_doctor_says_what_is_broken_and_what_to_do(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(*_: object) -> None:
        raise ValueError("no such\nfeature")

    monkeypatch.setattr(words, "segmenter", torn)
    ended = command("doctor")
    assert ended.code == 3
    assert "BROKEN segmenter          ValueError: no such feature: install zhfacts again" in ended.out
    assert ended.err.startswith("zhfacts: broken: segmenter")
    assert ended.err.count("\n") == 1


def test_an_extra_that_is_missing_breaks_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checkup.EXTRAS, "html", "no-such-library")
    ended = command("doctor")
    assert ended.code == 0
    assert "-      extra html         not installed: pip install 'zhfacts[html]'" in ended.out


def test_a_library_that_is_too_old_or_missing_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["pandas<1", "no-such-library>=2", "rich>=1", "selectolax>=0.3; extra == 'html'"]
    monkeypatch.setattr(checkup, "requires", lambda _: asked)
    found = {check.name: check for check in checkup.checks("0")}
    assert [found[name].ok for name in ("pandas", "no-such-library", "rich")] == [False, False, True]
    assert found["pandas"].todo == "pip install 'pandas<1'"
    assert "selectolax" not in found
