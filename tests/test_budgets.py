"""Budgets of a document, and workers that die: one reject row each, and the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from conftest import Command
from zhfacts import api, flow, guard
from zhfacts.documents import Document
from zhfacts.records import Reject, Result
from zhfacts.running import results
from zhfacts.running.tasks import Task, work

LINUX = sys.platform == "linux"
LONG = "甲公司增长8.7%，乙公司下降3.2%。\n"


def reject_of(folder: Path, out: Path, **budget: int) -> Reject:
    """The one reject of a run over a folder whose document 长.txt passes a budget."""
    (folder / "长.txt").write_text(LONG * 200, "utf-8")
    run = api.run(folder, out, **budget)  # type: ignore[arg-type]  # budgets are whole numbers
    assert len(run.documents) == 2
    assert run.exit_code == 1
    (row,) = run.rejects.to_dict("records")
    assert row["source"] == "长.txt"
    return Reject(**row)


@pytest.mark.parametrize(
    ("budget", "reason"), [("max_characters", "too_many_characters"), ("max_numbers", "too_many_numbers")]
)
def test_a_document_that_passes_a_budget_is_a_row(documents: Path, tmp_path: Path, budget: str, reason: str) -> None:
    reject = reject_of(documents, tmp_path / "out", **{budget: 150})
    assert reject.reason == reason
    assert f"--{budget.replace('_', '-')}" in reject.detail
    assert api.load(tmp_path / "out").info["reproducible"]
    assert api.run(documents, tmp_path / "out", **{budget: 0}).exit_code == 0  # type: ignore[arg-type]


GREEDY = """
import sys
from zhfacts import api, flow, guard
from zhfacts.documents import Document

lay_out = flow.lay_out

def greedy(document: Document, roles):
    if "贪" in document.source:
        {how}
    return lay_out(document, roles)

flow.lay_out = greedy
from zhfacts.cli.app import main
main()
"""


@pytest.mark.skipif(not LINUX, reason="memory is limited on Linux alone")
@pytest.mark.parametrize("how", ["b'1' * (300 << 20)", "[str(n) * 20 for n in range(10**8)]"])
def test_a_document_that_takes_too_much_memory_is_a_row(documents: Path, tmp_path: Path, how: str) -> None:
    (documents / "贪.txt").write_text(LONG, "utf-8")
    command = [sys.executable, "-c", GREEDY.format(how=how), "extract", documents, "--out", tmp_path / "out"]
    ended = subprocess.run([*command, "--memory-limit", "200"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert "another run may give other tables" in ended.stderr
    run = api.load(tmp_path / "out")
    assert run.rejects["reason"].tolist() == ["out_of_memory"]
    assert "--memory-limit" in run.rejects["detail"][0]
    assert not run.info["reproducible"]
    assert len(run.documents) == 2


@pytest.mark.skipif(not LINUX, reason="memory is limited on Linux alone")
def test_the_limit_of_memory_ends_with_the_document() -> None:
    with pytest.raises(MemoryError), guard.memory(64):
        bytearray(128 << 20)
    assert len(bytearray(128 << 20)) == 128 << 20
    with guard.memory(0):
        assert len(bytearray(128 << 20)) == 128 << 20


def fatal(how: str, settings: flow.Settings, task: Task) -> Iterator[Result]:
    """Work on a file as a run does, but die over the one that is named for it."""
    if task.source == "死.txt":
        if how == "exit":
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)
    return work(settings, task)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("how", ["exit", "kill"])
def test_a_worker_that_dies_takes_only_its_document_with_it(
    command: Command, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (documents / "死.txt").write_text(LONG, "utf-8")
    monkeypatch.setattr(results, "work", partial(fatal, how))
    ended = command("extract", documents, "--out", tmp_path / "out", "--jobs", 2)
    assert ended.code == 1
    run = api.load(tmp_path / "out")
    assert run.rejects[["source", "reason"]].to_numpy().tolist() == [["死.txt", "worker_died"]]
    assert ("code 0" if how == "exit" else "SIGKILL") in run.rejects["detail"][0]
    assert len(run.documents) == 2
    assert not run.info["reproducible"]
    monkeypatch.setattr(results, "work", work)
    assert command("extract", documents, "--out", tmp_path / "out", "--jobs", 2).code == 0


def test_a_string_has_no_budget_but_a_reader_of_files_has() -> None:
    settings = flow.Settings(max_numbers=1, max_characters=1)
    result = flow.extract_text(LONG, settings)
    assert isinstance(result.document, Document)
    assert len(result.facts) == 2
