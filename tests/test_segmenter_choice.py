"""The choice of a segmenter: in calls, runs, workers, the component and the commands, and never mixed."""

from __future__ import annotations

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy

import zhfacts
from conftest import Command
from zhfacts import flow
from zhfacts.errors import InputError
from zhfacts.link import words

TEXT = "远岚电子营收达到3亿元。"
"""The holder of the property is found by words alone, which single characters are not."""
HOLDER = "远岚电子"


def names() -> list[str]:
    try:
        words.segmenter("jieba")
    except InputError:
        return ["lexicon", "pkuseg", "char"]
    return ["lexicon", "pkuseg", "jieba", "char"]


def holder(name: str) -> str | None:
    return zhfacts.extract(TEXT, segmenter=name)[0].subject


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.txt").write_text(TEXT + "\n" * number, "utf-8")
    return folder


@pytest.mark.parametrize("name", names())
def test_the_same_text_with_each(name: str) -> None:
    assert (holder(name) == HOLDER) == (name != "char")


def test_choices_that_take_turns_are_not_mixed() -> None:
    found = {name: holder(name) for name in names()}
    turns = names() * 3
    assert [holder(name) for name in turns] == [found[name] for name in turns]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(holder, turns)) == [found[name] for name in turns]
    assert zhfacts.extract(TEXT)[0].subject == HOLDER
    assert words.segmenter().name == "lexicon"


def test_a_model_given_by_its_path(tmp_path: Path) -> None:
    shutil.copytree(words.SHIPPED, tmp_path / "model")
    assert holder(f"pkuseg:{tmp_path / 'model'}") == HOLDER


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_get_it_and_run_json_names_it(jobs: int, pages: Path, tmp_path: Path) -> None:
    run = zhfacts.run(pages, tmp_path / "out", jobs, segmenter="char")
    assert HOLDER not in run.facts["subject"].tolist()
    assert run.info["settings"]["segmenter"] == "char"
    assert run.info["digests"]["model"] is None


@pytest.mark.parametrize("name", names())
def test_run_json_has_the_digest_of_what_cut(name: str, pages: Path, tmp_path: Path) -> None:
    info = zhfacts.run(pages, tmp_path / "out", segmenter=name).info
    assert (info["digests"]["model"] or "") == words.segmenter(name).digest
    assert len(words.segmenter(name).digest) == (0 if name == "char" else 64)


@pytest.mark.parametrize("name", ["word2vec", "pkuseg:/nowhere/at all", ""])
def test_an_unknown_one_is_refused_before_anything_is_read(
    name: str, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("a document was read")

    monkeypatch.setattr(flow, "extract_file", read)
    monkeypatch.setattr(flow, "extract_text", read)
    for args in (["extract", pages, "--out", tmp_path / "out"], ["explain", TEXT]):
        ended = command(*args, "--segmenter", name)
        assert ended.code == 2
        assert "pkuseg" in ended.err
        assert ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError):
        zhfacts.extract(TEXT, segmenter=name)
    with pytest.raises(InputError):
        spacy.blank("zh").add_pipe("zhfacts", config={"segmenter": name})


def test_one_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    monkeypatch.setattr(words, "_loaded", {})
    monkeypatch.setitem(sys.modules, "jieba", None)
    ended = command("explain", TEXT, "--segmenter", "jieba")
    assert ended.code == 2
    assert 'pip install "zhfacts[jieba]"' in ended.err


def test_the_commands_take_it(pages: Path, tmp_path: Path, command: Command) -> None:
    assert command("extract", pages, "--out", tmp_path / "out", "--segmenter", "char", "--jobs", "2").code == 0
    info = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert info["settings"]["segmenter"] == "char"
    assert f"subject    {HOLDER}\n" not in command("explain", TEXT, "--segmenter", "char").out
    assert f"subject    {HOLDER}\n" in command("explain", TEXT).out


def test_the_component_takes_it() -> None:
    found = []
    for config in ({}, {"segmenter": "char"}):
        nlp = spacy.blank("zh")
        nlp.add_pipe("zhfacts", config=config)
        found.append(nlp(TEXT)._.facts[0].subject)
    assert found[0] == HOLDER != found[1]
