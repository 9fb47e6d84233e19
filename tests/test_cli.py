"""The command line: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import Command
from handmade import refused, result
from zhfacts import cards
from zhfacts.cache.store import FOLDER
from zhfacts.cli import console
from zhfacts.tables import publish
from zhfacts.tables.write import write

Start = Callable[..., subprocess.Popen[str]]
COMMANDS = (
    "extract",
    "validate",
    "show",
    "query",
    "top",
    "explain",
    "export",
    "diff",
    "accept",
    "annotate",
    "score",
    "schema",
    "doctor",
)
AS_NOBODY = """
import os, sys
from zhfacts.cli.app import main
out = sys.argv[4]
sys.argv[4] += "-warm"  # the libraries themselves may lie where only root reads: load them first
try:
    main()
except SystemExit:
    sys.argv[4] = out
if os.geteuid() == 0:  # root may write everywhere
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
main()
"""
EVIL = "甲公司[bold]增长8.7%[/bold]\x1b[31m，\u202e为3亿元。"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    with publish.staging(out) as build:
        results = [result("a.txt"), result("坏[red].txt", EVIL), refused("x.png")]
        write(results, build, {"version": "0"})
        publish.commit(build, out)
    return out


# help, version, usage


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom zhfacts.cli.app import main\nsys.argv = ['zhfacts', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print({'pandas', 'pyarrow', 'spacy', 'numpy', 'babel'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("set()")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(command: Command, name: str) -> None:
    ended = command(name, "--help")
    assert ended.code == 0
    assert f"Example: zhfacts {name}" in ended.out
    assert name in command("--help").out


def test_version(command: Command) -> None:
    ended = command("--version")
    assert re.fullmatch(r"zhfacts \d+\.\d+\.\d+\n", ended.out)
    assert ended.code == 0


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["extract"], "INPUT"),
        (["extract", "x", "--jobs", "0"], "--jobs"),
        (["extract", "x", "--jobs", "two"], "--jobs"),
        (["extract", "x", "--published", "2024-13-01"], "is no day; write it like 2024-03-12"),
        (["extract", "x", "--colour"], "--colour"),
        (["extract", "x", "--force", "--resume"], "give one of the two"),
        (["extract", "x", "--max-numbers", "-1"], "--max-numbers"),
        (["explain"], "TEXT"),
        (["schema", "--format", "xml"], "xml"),
        (["frobnicate"], "frobnicate"),
        (["show"], "FACT_ID"),
        (["score", "x"], "--gold"),
        (["score", "x", "--gold", "y", "--errors", "-1"], "--errors"),
        (["annotate", "x", "--sample", "0"], "--sample"),
        (["diff", "x"], "NEW"),
        (["diff", "x", "y", "--format", "xml"], "xml"),
        (["accept", "x"], "--baseline"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(command: Command, args: list[str], word: str) -> None:
    ended = command(*args)
    assert ended.code == 2
    assert word in ended.err
    assert ended.err.startswith("zhfacts: ")
    assert ended.err.count("\n") == 1
    assert ended.out == ""


# schema, show, validate, on tables made by hand


def test_schema_prints_markdown_or_json(command: Command) -> None:
    assert "## facts.parquet" in command("schema").out
    assert "facts" in json.loads(command("schema", "--format", "json").out)["tables"]


def test_validate_says_clean_or_what_is_wrong(command: Command, outputs: Path, tmp_path: Path) -> None:
    assert command("validate", outputs).code == 0
    missing = command("validate", outputs, "--source", tmp_path / "no")
    assert missing.code == 2
    assert command("validate", outputs, "--source", tmp_path).code == 3  # documents are not there
    (outputs / "facts.parquet").write_bytes(b"")
    broken = command("validate", outputs)
    assert broken.code == 3
    assert "facts.parquet" in broken.out
    assert broken.err.count("\n") == 1
    assert command("validate", tmp_path / "no").code == 3


def test_show_marks_the_number_in_its_line(command: Command, outputs: Path) -> None:
    row = pq.read_table(outputs / "facts.parquet").to_pylist()[1]
    ended = command("show", row["fact_id"], "--out", outputs)
    assert ended.code == 0
    assert "a.txt:2: 其中乙公司达到»5784亿元«，" in ended.out
    assert re.search(r"period_start +2023-01-01\n", ended.out)
    assert "578,400,000,000 CNY" in ended.out


def test_show_of_an_unknown_id_names_the_nearest(command: Command, outputs: Path) -> None:
    known = pq.read_table(outputs / "facts.parquet")["fact_id"][0].as_py()
    for unknown in (known[:8], known[:-1] + "x"):
        ended = command("show", unknown, "--out", outputs)
        assert ended.code == 2
        assert f"did you mean {known}?" in ended.err
    assert command("show", "zz", "--out", outputs).code == 2


def test_words_of_documents_do_not_steer_the_terminal(command: Command, outputs: Path) -> None:
    rows = pq.read_table(outputs / "facts.parquet").to_pylist()
    ended = command("show", next(row["fact_id"] for row in rows if row["source"] != "a.txt"), "--out", outputs)
    assert "[bold]增长»8.7%«[/bold]<U+001B>[31m，<U+202E>为3亿元。" in ended.out
    assert "坏[red].txt:1:" in ended.out
    assert not {"\x1b", "\u202e"} & set(ended.out)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("8.7%", "8.7%"),
        ("8.\r\n7", "8.⏎7"),
        ("a\u200bb", "a<U+200B>b"),
        ("\x85", "<U+0085>"),
        ("\udc80", "<U+DC80>"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert console.visible(text) == shown


def test_a_long_line_is_cut_around_the_number() -> None:
    shown = console.marked("前" * 10**6 + "8.7%" + "后" * 10**6, 10**6, 10**6 + 4).plain
    assert shown == f"…{'前' * 60}»8.7%«{'后' * 60}…"


def test_a_word_that_looks_like_nothing_is_something() -> None:
    assert all(map(cards.is_there, ("nan", "None", 0, 0.0)))
    assert not any(map(cards.is_there, (None, float("nan"))))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(8.7, "8.7"), (2023.0, "2023"), (5.784e11, "578,400,000,000"), (-27.6, "-27.6"), (1e30, "1e+30")],
)
def test_plain_numbers(value: float, shown: str) -> None:
    assert cards.plain(value) == shown


# extract and explain


def test_extract_ends_with_a_summary(command: Command, documents: Path, tmp_path: Path) -> None:
    ended = command("extract", documents, "--out", tmp_path / "out")
    assert ended.code == 0
    assert re.search(r"documents +2\n", ended.out)
    assert re.search(r"money +\d\n", ended.out)
    assert f"Tables: {tmp_path / 'out'}" in ended.out
    assert re.search(r"^    \S+\.txt:\d: ", ended.out, re.M)
    assert ended.out.count("»") == 3
    assert "\x1b" not in ended.out + ended.err
    assert re.search(r"^\[2/2\] ", ended.err, re.M)
    assert command("validate", tmp_path / "out", "--source", documents).code == 0
    fact_id = pq.read_table(tmp_path / "out" / "facts.parquet")["fact_id"][0].as_py()
    assert command("show", fact_id, "--out", tmp_path / "out").code == 0


def test_exit_code_1_where_a_whole_file_was_rejected(command: Command, documents: Path, tmp_path: Path) -> None:
    (documents / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    ended = command("extract", documents, "--out", tmp_path / "out")
    assert ended.code == 1
    assert "1 input(s) could not be used" in ended.err
    assert re.search("^图.txt: .*PNG", ended.err, re.M)
    assert re.search("^  binary +1\n", ended.out, re.M)
    assert re.search("^  binary: Export it as plain text", ended.out, re.M)
    assert re.search(r"documents +2\n", ended.out)


def test_missing_and_empty_input_make_no_outputs(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("missing", "empty"):
        ended = command("extract", tmp_path / name, "--out", tmp_path / "out")
        assert ended.code == 2
        assert name in ended.err
        assert ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file(command: Command, documents: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    ended = command("extract", documents, "--out", tmp_path / "out")
    assert ended.code == 3
    assert "a file stands there" in ended.err
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="rights are another matter there")
def test_an_output_folder_that_cannot_be_written(process: Start, documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    with process("extract", documents, "--out", out, code=AS_NOBODY) as ended:
        _, err = ended.communicate()
    assert ended.returncode == 3
    assert "cannot write in" in err
    assert "Traceback" not in err
    assert list(out.iterdir()) == []


def test_a_run_that_is_killed_keeps_the_old_outputs(process: Start, documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with process("extract", documents, "--out", out) as ended:
        ended.communicate()
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    (documents / "more.txt").write_text("甲公司增长9.9%。\n" * 3000, "utf-8")
    with process("extract", documents, "--out", out) as ended:
        assert ended.stderr is not None
        assert ended.stderr.readline().startswith("[1/3]")
        ended.kill()
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name in before} == before
    with process("extract", documents, "--out", out) as ended:
        ended.communicate()
    assert ended.returncode == 0
    assert {path.name for path in out.iterdir()} == {*publish.FILES, FOLDER}


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another matter there")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_is_stopped_says_how_to_go_on(process: Start, documents: Path, tmp_path: Path, jobs: int) -> None:
    (documents / "末.txt").write_text("甲公司增长9.9%。\n" * 20_000, "utf-8")
    (documents / "更末.txt").write_text("乙公司增长9.9%。\n" * 20_000, "utf-8")
    call = ("extract", documents, "--out", tmp_path / "out", "--jobs", jobs)
    with process(*call, start_new_session=True) as ended:
        assert ended.stderr is not None
        assert [ended.stderr.readline()[:5] for _ in range(2)] == ["[1/4]", "[2/4]"]
        os.killpg(ended.pid, signal.SIGINT)  # as a terminal does: to the workers, too
        _, err = ended.communicate()
    assert ended.returncode == 130
    assert err.startswith("zhfacts: stopped; ")
    assert "--resume goes on from there" in err
    assert err.count("\n") == 1
    for path in documents.glob("*末.txt"):
        path.write_text("甲公司增长9.9%。\n", "utf-8")
    with process(*call, "--resume") as ended:
        _, err = ended.communicate()
    assert ended.returncode == 0
    assert err.count("(unchanged)") == 2


def test_two_jobs_give_the_same_tables(process: Start, documents: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        with process("extract", documents, "--out", tmp_path / str(jobs), "--jobs", jobs) as ended:
            assert ended.communicate()[1].count("\n") == 2
    for name in publish.FILES[:-1]:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_explain_names_the_rules_that_fired(command: Command) -> None:
    ended = command("explain", "2023年，甲公司出口额增长8.7%。")
    assert ended.code == 0
    assert "增长»8.7%«。" in ended.out
    assert re.search(r"^  rule +\S+", ended.out, re.M)
    assert re.search(r"^  value +8.7%$", ended.out, re.M)
    assert "no number found" in command("explain", "没有数字").out


def test_explain_draws_among_whom_was_chosen(command: Command) -> None:
    told = command("explain", "2023年，远岚集团出口额达到3亿元，汐岚集团更高。", "--why").out
    assert "subject was chosen among" in told
    chosen = told[told.index("subject was chosen") :].splitlines()[1]
    assert "远岚集团" in chosen
    assert "nobody" in told
    assert "2023-01-01 to 2023-12-31  (" in told
    assert "link_score" in command("explain", "2023年，远岚集团出口额达到3亿元。").out
    told = command("explain", "远岚集团有员工1260名，研发人员占42%。", "--why").out
    assert "员工" in told[told.index("basis was chosen") :].splitlines()[1]
    assert "nothing said" in told


def test_explain_resolves_against_the_day_of_publication(command: Command) -> None:
    assert "2024-05-01 to 2024-05-31" in command("explain", "今年5月上涨", "--published", "2024-03-12").out


def test_a_closed_pipe_is_no_error(process: Start) -> None:
    read, written = os.pipe()
    os.close(read)
    with process("schema", stdout=written) as ended:
        os.close(written)
        _, err = ended.communicate()
    assert ended.returncode == 0
    assert err == ""


def test_a_terminal_gets_colours_unless_no_color_is_set(outputs: Path, process: Start) -> None:
    fact_id = pq.read_table(outputs / "facts.parquet")["fact_id"][0].as_py()
    base = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    with process("show", fact_id, "--out", outputs, env=base) as ended:
        assert "\x1b" not in ended.communicate()[0]
    with process("show", fact_id, "--out", outputs, env={**base, "FORCE_COLOR": "1"}) as ended:
        assert "\x1b[1m" in ended.communicate()[0]
