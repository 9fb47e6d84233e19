"""Runs on a cluster: the same rows as on one machine, wherever inputs and tables lie, and whoever is lost.

Most tests let the workers' own code run in this process; those of Ray itself are skipped where it is not installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import zhfacts
from conftest import Command
from handmade import digests
from zhfacts.engines import ray
from zhfacts.errors import InputError, OutputError
from zhfacts.flow import Settings
from zhfacts.records import Result
from zhfacts.running import cluster, orders, partitions, share, storage
from zhfacts.running.tasks import Task
from zhfacts.tables.compact import compact
from zhfacts.tables.validate import validate

needs_fsspec = pytest.mark.skipif(importlib.util.find_spec("fsspec") is None, reason="fsspec is not installed")
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'zhfacts[ray]'"
)
NEWS = "本报讯 {year}年，远岚集团第{n}分部营业收入达到{money}亿元，同比增长8.7%。该公司去年净利润为3.2亿美元。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents of all sorts: copies within and between partitions, records, what cannot be read, a metadata.csv."""
    root = tmp_path / "新闻"
    chance = random.Random(8)  # noqa: S311 - no secret
    for number in range(12):
        place = root / f"{number % 3}" / f"{number:02}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(NEWS.format(year=2000 + number, n=n, money=chance.randint(1, 9999)) for n in range(6))
        place.write_text(text, "utf-8")
    (root / "2/copy.txt").write_bytes((root / "0/00.txt").read_bytes())
    (root / "2/again.txt").write_bytes((root / "0/00.txt").read_bytes())
    (root / "1/copy.txt").write_bytes((root / "1/01.txt").read_bytes())
    rows = [{"id": n % 7, "text": NEWS.format(year=2010, n=n % 8, money=n % 8)} for n in range(20)]
    (root / "1/行.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\nno JSON\n", "utf-8")
    (root / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (root / "坏.txt").write_bytes("甲公司增长1%\n".encode() * 20 + b"\xff\xfe\n")
    (root / "x.doc").write_bytes(b"x")
    (root / "metadata.csv").write_text("source,title,published\n0/00.txt,题,2024-03-12\nno.txt,,\n", "utf-8")
    return root


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is this process."""

    @contextmanager
    def alone(address: str | None, jobs: int | None) -> Iterator[int]:
        yield 1

    def run(make: Callable[[], Callable[[Any], Any]], items: Iterable[Any], actors: int) -> Iterator[Any]:
        work = make()
        yield from map(work, items)
        work.end()  # type: ignore[attr-defined]

    monkeypatch.setattr(ray, "cluster", alone)
    monkeypatch.setattr(ray, "run", run)
    monkeypatch.setattr(partitions, "LEAST", 3000)


def rows_of(run: zhfacts.Run | Any) -> dict[str, str]:
    return {name: told["rows"] for name, told in run.info["tables"].items()}


def lasting(info: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in info.items() if key not in {"started", "finished", "tables"}}


def test_a_cluster_gives_the_rows_of_one_machine_and_compacted_its_bytes(
    here: None, folder: Path, tmp_path: Path, command: Command
) -> None:
    one = zhfacts.run(folder, tmp_path / "one")
    many = zhfacts.run(folder, tmp_path / "many", engine="ray")
    assert len(many.info["tables"]["facts"]["parts"]) > 3
    assert rows_of(many) == rows_of(one)
    assert lasting(many.info) == lasting(one.info)
    assert one.info["counts"]["rejects"]["duplicate"] > 5
    assert validate(tmp_path / "many", folder) == []
    assert [path.name for path in (tmp_path / "many").iterdir() if path.name.startswith(".")] == []
    ended = command("compact", tmp_path / "many")
    assert (ended.code, "the same rows" in ended.out) == (0, True)
    assert digests(tmp_path / "many") == digests(tmp_path / "one")
    assert zhfacts.load(tmp_path / "many").facts.equals(one.facts)


def test_entities_of_many_ids_are_put_together_by_several_workers(
    here: None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = zhfacts.run(folder, tmp_path / "one")
    monkeypatch.setattr(cluster, "FEW_ENTITIES", 3)
    many = zhfacts.run(folder, tmp_path / "many", engine="ray")
    assert len(many.info["tables"]["entities"]["parts"]) > 1
    assert rows_of(many) == rows_of(one)


@needs_fsspec
def test_inputs_and_tables_may_lie_anywhere(here: None, folder: Path, tmp_path: Path, command: Command) -> None:
    import fsspec

    (folder / "metadata.csv").unlink()
    one = zhfacts.run(folder, tmp_path / "one")
    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/bucket/新闻", recursive=True)
    ended = command("extract", "memory://bucket/新闻", "--out", "memory://bucket/out", "--engine", "ray")
    assert ended.code == 1, ended.err  # a picture was rejected
    info = json.loads(memory.cat("/bucket/out/run.json"))
    assert {name: told["rows"] for name, told in info["tables"].items()} == rows_of(one)
    memory.get("/bucket/out", str(tmp_path / "back"), recursive=True)
    assert validate(tmp_path / "back", folder) == []
    assert not [name for name in memory.find("/bucket/out") if "zhfacts-new" in name]
    package = json.loads(memory.cat("/bucket/out/datapackage.json"))
    assert {each["name"] for each in package["resources"]} == set(info["tables"])
    with pytest.raises(OutputError, match=r"memory://bucket/out holds tables of an earlier run"):
        zhfacts.run("memory://bucket/新闻", "memory://bucket/out", engine="ray")
    with pytest.raises(InputError, match="Input not found: memory://bucket/none"):
        zhfacts.run("memory://bucket/none", "memory://bucket/2", engine="ray")
    with pytest.raises(InputError, match="either paths or URLs"):
        zhfacts.run(["memory://bucket/新闻", str(folder)], "memory://bucket/2", engine="ray")


def test_nothing_but_rejects_gives_tables_without_rows(here: None, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    one = zhfacts.run(tmp_path / "in", tmp_path / "one")
    many = zhfacts.run(tmp_path / "in", tmp_path / "many", engine="ray")
    assert rows_of(many) == rows_of(one)
    assert len(many.facts) == 0
    assert digests(tmp_path / "many") == digests(tmp_path / "one")


def test_partitions_hang_on_names_and_sizes_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LEAST", 3000)
    found = partitions.partitions([str(folder)])
    assert found == partitions.partitions([str(folder)])
    files = [file for part in found for file in part.files]
    assert [file.source for file in files] == sorted(file.source for file in files)
    assert all(sum(file.size for file in part.files) <= 3000 or len(part.files) == 1 for part in found)
    monkeypatch.setattr(partitions, "MOST_FILES", 2)
    assert max(len(part.files) for part in partitions.partitions([str(folder)])) == 2


def test_contents_that_several_partitions_have_stand_in_the_first() -> None:
    parts = [partitions.Partition(number, ()) for number in range(3)]
    found = [[("a", "1"), ("b", "2")], [("b", "3"), ("c", "4"), ("c", "5")], [("b", "6"), ("a", "7")]]
    told = share.known(parts, found)
    assert [each.sources for each in told] == [{}, {"b": "2"}, {"b": "2", "a": "1"}]
    assert [each.copies for each in told] == [{"b": ["3", "6"], "a": ["7"]}, {}, {}]


def test_engines_are_named(folder: Path, tmp_path: Path, command: Command) -> None:
    ended = command("extract", folder, "--out", tmp_path / "out", "--engine", "rya")
    assert (ended.code, "no engine 'rya'; engines are local and ray" in ended.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_without_ray_the_run_says_how_to_install_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'zhfacts\[ray\]'"):
        zhfacts.run(folder, tmp_path / "out", engine="ray")
    assert not (tmp_path / "out").exists()


def deadly(settings: Settings, order: tuple[str, Task]) -> Iterator[Any]:
    """A worker's own work, but for documents over which its process dies."""
    if order[1].source == "1/04.txt":
        os.kill(os.getpid(), signal.SIGKILL)
    yield from orders.do(settings, order)


class Deadly(share.Worker):
    """A worker with such documents, that says in a folder which process it is."""

    def __init__(self, notes: str, settings: Settings, area: str) -> None:
        super().__init__(settings, area)
        self._pool.work = partial(deadly, settings)
        self._notes = Path(notes)

    def __call__(self, order: share.Order) -> Any:
        if order[0] == "extract":
            (self._notes / f"{os.getpid()}.{order[1].number}").touch()
        return super().__call__(order)


def without(rows: Any, source: str) -> list[Any]:
    return rows[rows["source"] != source]["fact_id"].tolist()  # type: ignore[no-any-return]


def test_a_deadly_document_is_a_reject_and_the_worker_lives(
    here: None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = zhfacts.run(folder, tmp_path / "one")
    (tmp_path / "notes").mkdir()
    monkeypatch.setattr(cluster, "Worker", partial(Deadly, str(tmp_path / "notes")))
    many = zhfacts.run(folder, tmp_path / "many", engine="ray")
    lost = many.rejects[many.rejects["reason"] == "worker_died"]
    assert lost["source"].tolist() == ["1/04.txt"]
    assert "SIGKILL" in lost["detail"].iloc[0]
    assert not many.info["reproducible"]
    assert many.facts["fact_id"].tolist() == without(one.facts, "1/04.txt")


SCRIPT = """
import sys
from functools import partial

import test_cluster
import zhfacts
from zhfacts.running import cluster, partitions

if __name__ == "__main__":
    folder, out, notes = sys.argv[1:]
    partitions.LEAST = 600
    cluster.Worker = partial(test_cluster.Deadly, notes)
    zhfacts.run(folder, out, jobs=2, engine="ray", progress=print)
"""


@needs_ray
@pytest.mark.skipif(sys.platform == "win32", reason="killed otherwise there")
def test_ray_with_two_workers_of_which_one_is_killed_gives_the_same_rows(folder: Path, tmp_path: Path) -> None:
    one = zhfacts.run(folder, tmp_path / "one")
    notes, script = tmp_path / "notes", tmp_path / "run.py"
    notes.mkdir()
    script.write_text(SCRIPT, "utf-8")
    path = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "1"}
    command = [sys.executable, str(script), str(folder), str(tmp_path / "many"), str(notes)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        killed = kill_one(notes, run)
        said, _ = run.communicate(timeout=300)
    assert run.returncode == 0, said
    pids = {int(path.name.partition(".")[0]) for path in notes.iterdir()}
    assert killed in pids
    assert len(pids) >= 2
    many = zhfacts.load(tmp_path / "many")
    assert many.rejects[many.rejects["reason"] == "worker_died"]["source"].tolist() == ["1/04.txt"]
    assert many.facts["fact_id"].tolist() == without(one.facts, "1/04.txt")
    assert validate(tmp_path / "many", folder) == []


def kill_one(notes: Path, run: subprocess.Popen[str]) -> int:
    """Kill the worker that has begun its second partition; its number."""
    seen: dict[int, int] = {}
    while run.poll() is None:
        seen = {}
        for path in notes.iterdir():
            pid = int(path.name.partition(".")[0])
            seen[pid] = seen.get(pid, 0) + 1
        for pid, count in seen.items():
            if count >= 2:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                return pid
        time.sleep(0.02)
    return 0


def test_results_of_workers_are_small(folder: Path) -> None:
    """What goes back to the one that orders: names of parts and counts, never rows."""
    worker = share.Worker(Settings(), str(folder.parent / "area"))
    (part,) = partitions.partitions([str(folder / "0")])
    made = worker(("extract", part))
    worker.end()
    assert not any(isinstance(value, Result) for value in vars(made).values())
    assert {each.place for each in made.parts["facts"]} == {f"{folder.parent}/area/000000-facts-0.parquet"}
    assert storage.is_remote("s3://a/b")
    assert not storage.is_remote("/a/b")


def test_compact_is_refused_where_rows_are_not_those_of_the_run(folder: Path, tmp_path: Path) -> None:
    zhfacts.run(folder, tmp_path / "out")
    info = json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    info["tables"]["facts"]["rows"] = "0" * 64
    (tmp_path / "out/run.json").write_text(json.dumps(info), "utf-8")
    before = digests(tmp_path / "out")
    with pytest.raises(OutputError, match="has other rows than"):
        compact(tmp_path / "out")
    assert digests(tmp_path / "out") == before
