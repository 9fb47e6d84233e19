"""What the documents show is what happens: README blocks run, commands and tables are named, lists are whole."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from conftest import Command
from zhfacts.cli.app import app
from zhfacts.tables.schema import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (
    *READMES,
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "outputs/README.md",
    "bench/README.md",
    "docs/reading.md",
    "docs/scoring.md",
    "docs/regression.md",
    "docs/rejects.md",
    "docs/reliability.md",
    "docs/tables.md",
    "docs/performance.md",
    "docs/scale.md",
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
COMMANDS = sorted(get_command(app).list_commands(None))  # type: ignore[attr-defined,arg-type]  # a group, no context
SHELL = {"zhfacts", "printf", "make", "tr"}
SESSIONS = (*READMES, "docs/scoring.md", "docs/regression.md")
"""Documents whose console blocks are run."""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str = "") -> tuple[str, ...]:
    return tuple(body for kind, body in BLOCK.findall(text_of(name)) if language in {"", kind})


def steps(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        else:
            command, shown = found[-1]
            found[-1] = command, shown + line
    return found


def cells(name: str) -> list[list[str]]:
    """The rows of all Markdown tables whose first cell begins with code."""
    rows = [line for line in text_of(name).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


@pytest.fixture
def environment() -> dict[str, str]:
    """No colours, a fixed width, UTF-8, and our own `zhfacts` first on the path."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"FORCE_COLOR", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH"}
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**kept, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONUTF8": "1"}


# Equal blocks run once; test_both_readmes_have_the_same_blocks_and_structure says that they are equal.
@pytest.mark.parametrize("block", dict.fromkeys(block for name in READMES for block in blocks(name, "python")))
def test_python_block_runs(block: str, tmp_path: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("sh") is None, reason="console blocks are for a POSIX shell")
@pytest.mark.parametrize("session", dict.fromkeys(blocks(name, "console") for name in SESSIONS))
def test_console_blocks_show_what_happens(
    session: tuple[str, ...], tmp_path: Path, environment: dict[str, str]
) -> None:
    """The blocks of one document, from top to bottom in one folder."""
    for command, shown in (step for block in session for step in steps(block)):
        words = shlex.split(command)
        assert words[0] in SHELL
        assert words[0] != "make" or "-n" in words
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert (command, done.stdout) == (command, shown)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_lines_call_what_the_readme_says(environment: dict[str, str]) -> None:
    lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    called = {}
    for line in lines:
        # -n runs nothing; -o takes the set-up as done, whether it is or not
        planned = subprocess.run(
            ["sh", "-c", f"{line} -n -o .venv/.ready"],
            cwd=ROOT,
            env={name: value for name, value in environment.items() if name not in {"SEEDS", "OUT"}},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        called[line] = planned.stdout
    assert called == {
        "make run": ".venv/bin/zhfacts extract seeds --out outputs\n",
        "make test": ".venv/bin/python -m pytest\n",
        "SEEDS=folder make run": ".venv/bin/zhfacts extract folder --out outputs\n",
    }


def test_both_readmes_have_the_same_blocks_and_structure() -> None:
    english, chinese = map(text_of, READMES)
    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    assert {kind for kind, _ in BLOCK.findall(english)} == {"sh", "python", "console"}
    for sign in ("## ", "| ", "- "):
        counts = [sum(line.startswith(sign) for line in text.splitlines()) for text in (english, chinese)]
        assert counts[0] == counts[1], sign
    assert [row[0] for row in cells(READMES[0])] == [row[0] for row in cells(READMES[1])]


def test_python_blocks_state_results() -> None:
    assert len(blocks("README.md", "python")) == 3
    assert all("assert " in block for block in blocks("README.md", "python"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readmes_and_has_help_with_an_example(name: str, command: Command) -> None:
    ended = command(name, "--help")
    assert ended.code == 0
    assert f"Example: zhfacts {name}" in ended.out
    assert all(f"`zhfacts {name}" in text_of(readme) for readme in READMES)


def test_options_in_the_table_of_commands_exist(command: Command) -> None:
    for row in cells("README.md"):
        if row[0].startswith("`zhfacts "):
            name = row[0].split()[1].strip("`")
            assert name in COMMANDS
            shown = command(name, "--help").out
            assert all(option in shown for option in re.findall(r"--[a-z]+", " ".join(row)))


@pytest.mark.parametrize("readme", READMES)
def test_readme_names_every_table_and_only_columns_that_exist(readme: str) -> None:
    named = set()
    for first, *rest in cells(readme):
        words = CODE.findall(first)
        if words[0].endswith(".parquet"):
            table = words[0].removesuffix(".parquet")
            named.add(table)
            words = CODE.findall(rest[0])
        elif words[0].startswith("zhfacts "):
            continue
        else:
            table = "facts"
        assert set(words) <= {column for column, *_ in COLUMNS[table]}
    assert named == set(COLUMNS)


def test_the_workflow_for_github_calls_commands_and_options_that_exist(command: Command) -> None:
    (workflow,) = blocks("docs/regression.md", "yaml")
    runs = re.findall(r"run: (zhfacts .*)", workflow)
    assert [line.split()[1] for line in runs] == ["extract", "validate", "diff", "accept"]
    for line in runs:
        shown = command(line.split()[1], "--help").out
        assert all(option in shown for option in re.findall(r"--[a-z]+", line))


def test_documents_name_no_place_outside_the_repository() -> None:
    for name in DOCUMENTS:
        assert not re.search(r"\.\./|/(?:home|root|work)/", text_of(name)), name
