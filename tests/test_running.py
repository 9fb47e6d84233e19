"""Runs over many and over large inputs: shares of a document, records in batches, lists that nobody holds."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import zhfacts
from handmade import digests
from zhfacts import flow, shares
from zhfacts.engines.jobs import WORTH, jobs_for
from zhfacts.inputs import walk
from zhfacts.layout.blocks import lay_out
from zhfacts.progress import Step, Tally, in_words
from zhfacts.read import from_text
from zhfacts.records import Fact, Result
from zhfacts.running import plan, results
from zhfacts.running.tasks import Task, work

HEADS = ("远岚集团扩产", "松山省外贸回升", "河湾市旅游见闻", "青梧县茶农增收")
BODIES = (
    "本报讯 2023年，远岚集团营业收入达到5784亿元，同比增长8.7%。该公司去年净利润为3.2亿美元。\n",
    "本报讯 松山省今年前5个月出口额增长12%，其中河湾市占三成。上年同期下降2.1个百分点。\n",
    "本报讯（记者 林岸）云帆精密工业股份有限公司（以下简称“云帆精密”）投资约12亿元。\n云帆精密的份额为36%。\n",
    "全县种茶三万亩，人均增收1200元，比上年高9.6%。其后两年分别为4%、5%和6万元。\n",
    "地区\t出口额（亿元）\t增速\n松山省\t57.84\t8.7%\n河湾市\t9.3\t-1.2%\n",
    "数据据海关统计。远岚集\n团的产能在3—5年内翻一番，云帆精密则达到57\n84台。\n",
)
"""Parts of articles, of which the third names a short name that the last uses in another article."""


def of_parts(parts: list[tuple[int, int]]) -> str:
    return "松山日报\n2024年3月12日 星期二\n\n" + "\n".join(f"{HEADS[h]}\n{BODIES[b]}" for h, b in parts)


def sorted_rows(result: Result) -> Any:
    """A result whose rows lie as tables order them."""
    return replace(
        result,
        mentions=tuple(sorted(result.mentions, key=lambda m: (m.byte_start, m.byte_end, m.entity_id))),
        rejects=tuple(sorted(result.rejects, key=repr)),
    )


def told(result: Result) -> tuple[tuple[Fact, ...], object]:
    return result.facts, result.document and (result.document.lines, result.document.articles, result.document.title)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=14), st.integers(2, 5))
@examples(max_examples=60)
def test_shares_put_together_are_the_whole(parts: list[tuple[int, int]], count: int) -> None:
    document = from_text(of_parts(parts))
    whole = flow.extract(document, flow.Settings())
    found = [flow.extract(document, flow.Settings(), (number, count)) for number in range(count)]
    again = shares.joined([found[0], *(replace(each, document=replace(document, lines=())) for each in found[1:])])
    assert sorted_rows(again) == sorted_rows(whole)
    assert told(again) == told(whole)


def test_a_document_of_several_articles_is_cut_evenly_and_one_of_one_not_at_all() -> None:
    document, blocks = lay_out(from_text(of_parts([(n % 4, n % 3) for n in range(40)])))
    parts = [shares.part(document, blocks, (number, 4)) for number in range(4)]
    assert [part.blocks.start for part in parts[1:]] == [part.blocks.stop for part in parts[:-1]]
    assert (parts[0].blocks.start, parts[-1].blocks.stop) == (0, len(blocks))
    assert min(len(part.blocks) for part in parts) > len(blocks) // 8
    for one, other in pairwise(parts):
        assert {blocks[b].article for b in one.blocks}.isdisjoint(blocks[b].article for b in other.blocks)
    single, few = lay_out(from_text("远岚集团增长8.7%。" * 300))
    assert [len(shares.part(single, few, (number, 3)).blocks) for number in range(3)] == [len(few), 0, 0]


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of small documents, one that is large here, and files of records."""
    monkeypatch.setattr(plan, "CUT_FROM", 2000)
    folder = tmp_path / "mixed"
    (folder / "甲").mkdir(parents=True)
    chance = random.Random(3)  # noqa: S311 - no secret
    (folder / "大.txt").write_text(of_parts([(chance.randrange(4), chance.randrange(6)) for _ in range(60)]), "utf-8")
    with gzip.open(folder / "大.md.gz", "wt", encoding="utf-8") as file:
        file.write(of_parts([(chance.randrange(4), chance.randrange(6)) for _ in range(50)]))
    for number in range(6):
        (folder / "甲" / f"{number}.txt").write_text(BODIES[number] * 2, "utf-8")
    rows = [{"id": n % 90, "text": "" if n == 5 else f"第{n}号。{BODIES[n % 6]}"} for n in range(150)]
    (folder / "行.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\nno JSON\n", "utf-8")
    (folder / "甲" / "空.jsonl").write_bytes(b"")
    (folder / "图.png").write_bytes(b"\x89PNG")
    return folder


def test_any_number_of_workers_gives_the_same_bytes(mixed: Path, tmp_path: Path) -> None:
    one = zhfacts.run(mixed, tmp_path / "1", jobs=1)
    several = zhfacts.run(mixed, tmp_path / "3", jobs=3)
    assert digests(tmp_path / "1") == digests(tmp_path / "3")
    assert one.info["counts"] == several.info["counts"]
    assert one.documents["source"].str.partition("#")[0].is_monotonic_increasing
    assert {"行.jsonl#0-2", "大.txt", "大.md.gz"} <= set(one.documents["source"])
    again: list[Step] = []
    zhfacts.run(mixed, tmp_path / "3", jobs=2, progress=again.append)
    assert "nothing has changed" in again[-1]
    (mixed / "new.txt").write_text("远岚集团增长9.9%。", "utf-8")
    zhfacts.run(mixed, tmp_path / "3", jobs=2, progress=again.append)
    assert (again[-1].done, again[-1].unchanged) == (11, 10)


def test_numbers_of_all_shares_count_against_the_limit(mixed: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        run = zhfacts.run(mixed / "大.txt", tmp_path / str(jobs), jobs=jobs, max_numbers=150)
        assert run.info["counts"]["rejects"] == {"too_many_numbers": 1}
        assert run.documents.empty


def deadly(settings: flow.Settings, task: Task) -> Iterator[Result]:
    """Work as a run does, but die over record 70."""
    for source, raw in task.records or ():
        if source.endswith("#70"):
            os.kill(os.getpid(), signal.SIGKILL)
        yield flow.extract_record(source, raw, settings)
    if task.records is None:
        yield from work(settings, task)


@pytest.mark.skipif(os.name == "nt", reason="killed otherwise there")
def test_of_a_file_of_records_only_the_deadly_one_is_lost(
    mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = zhfacts.run(mixed / "行.jsonl", tmp_path / "clean").documents["source"].tolist()
    monkeypatch.setattr(results, "work", deadly)
    run = zhfacts.run([mixed / "行.jsonl", mixed / "甲"], tmp_path / "out", jobs=2)
    lost = run.rejects[run.rejects["reason"] == "worker_died"]
    assert lost["source"].tolist() == ["行.jsonl#70"]
    of_records = [source for source in run.documents["source"] if source.startswith("行")]
    assert of_records == [source for source in clean if source != "行.jsonl#70"]


class Crash(plan.Reader):
    """A reader over which its process dies behind the first batch."""

    def __call__(self, item: tuple[str, Path]) -> Iterator[plan.Records]:
        batches = super().__call__(item)
        yield next(batches)
        os._exit(9)


def test_a_file_that_kills_its_reader_is_a_reject(mixed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "Reader", Crash)
    run = zhfacts.run([mixed / "行.jsonl", mixed / "甲/1.txt"], tmp_path / "out", jobs=2)
    row = run.rejects[run.rejects["reason"] == "worker_died"].iloc[0]
    assert (row["source"], "code 9" in row["detail"]) == ("行.jsonl", True)
    assert {"1.txt", "行.jsonl#0"} <= set(run.documents["source"])
    assert not run.info["reproducible"]


def test_results_of_one_file_of_records_are_let_go_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many records are read before the first is written hangs on batches, not on the file."""
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": f"第{n}号增长8.7%。"}) + "\n" for n in range(2000)), "utf-8")
    read: list[str] = []
    extract = flow.extract_record

    def noted(source: str, *more: Any) -> Result:
        read.append(source)
        return extract(source, *more)

    monkeypatch.setattr(flow, "extract_record", noted)
    found = plan.survey([path])
    past = plan.Known(tmp_path / "out", "base", force=True)
    made = results.Run(found, flow.Settings(), 1, None, past).results()
    assert [next(made).source for _ in range(3)] == [f"many.jsonl#{n}" for n in (1, 2, 3)]
    assert len(read) == 3
    assert len([*made]) == 1997


def test_a_folder_is_walked_as_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b/1.txt", "b/2.txt", "a/c/1.txt", "a.txt", "a/c.txt", "z/1.txt", "b!.txt", "bc.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("增长8.7%", "utf-8")
    opened: list[str] = []
    entries = walk._entries

    def noted(folder: Path) -> Any:
        opened.append(folder.name)
        return entries(folder)

    monkeypatch.setattr(walk, "_entries", noted)
    found = walk.walk([tmp_path])
    assert next(found)[0] == "a.txt"
    assert opened == [tmp_path.name]
    sources = ["a.txt", *(source for source, *_ in found)]
    assert sources == sorted(sources)
    assert opened[1:] == ["a", "c", "b", "z"]


def test_a_source_that_is_met_again_is_renamed_and_stays_in_order(tmp_path: Path) -> None:
    for name in ("p/doc/a.txt", "p/doc/a.txt-2", "q/doc/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("增长8.7%", "utf-8")
    # p holds doc/a.txt, and p/doc is what the input doc is called beside the other doc
    found = [source for source, *_ in walk.walk([tmp_path / "p", tmp_path / "p/doc", tmp_path / "q/doc"])]
    assert len(set(found)) == len(found) == 5
    assert found == sorted(found)
    assert "p/doc/a.txt-2" in found


def test_jobs_follow_the_machine_and_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhfacts.engines.jobs.processors", lambda: 8)
    assert [jobs_for(9, size, None) for size in (0, WORTH, 3 * WORTH, 99 * WORTH)] == [1, 1, 3, 8]
    assert (jobs_for(1, 10, 4), jobs_for(2, 10, 4), jobs_for(1, WORTH, 4)) == (1, 4, 4)


def test_progress_says_how_long_the_rest_will_take(mixed: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    zhfacts.run(mixed, tmp_path / "out", progress=steps.append)
    assert all(step.left is not None and step.left >= 0 for step in steps)
    assert steps[-1].left == 0
    assert [in_words(seconds) for seconds in (0.2, 40, 600, 8000)] == [
        "about 1 s", "about 40 s", "about 10 min", "about 2 h",
    ]  # fmt: skip
    tally = Tally()
    tally.add(flow.failed("a.jsonl#1", ValueError("x")))
    assert str(tally) == "internal_error"
    tally.add(flow.extract_text("增长8.7%", flow.Settings()))
    assert str(tally) == "1 facts in 1 records, 1 refused"


def test_progress_within_a_file_of_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "OFTEN", 10)
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": f"第{n}号增长8.7%。"}) + "\n" for n in range(25)), "utf-8")
    steps: list[Step] = []
    zhfacts.run(path, tmp_path / "out", progress=steps.append)
    assert [step.partition(": ")[2].split()[-2:] for step in steps] == [["so", "far"], ["so", "far"], ["25", "records"]]
