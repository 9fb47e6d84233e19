"""The cache of an output folder: what has not changed is not worked on, and what is not ours is not believed."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import time
import zlib
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from handmade import NEWS, refused, result
from zhfacts import api, flow
from zhfacts.cache import columns, keys, store
from zhfacts.cache.store import FOLDER, Store
from zhfacts.progress import Step
from zhfacts.tables import write
from zhfacts.tables.validate import validate

KEY = "a" * 64


def tables(out: Path) -> dict[str, bytes]:
    """All tables of a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.parquet"))}


def lasting(out: Path) -> dict[str, Any]:
    """run.json without the time of day."""
    info = json.loads((out / "run.json").read_text("utf-8"))
    return {key: value for key, value in info.items() if key not in {"started", "finished"}}


def worked(inputs: Any, out: Path, **options: Any) -> list[str]:
    """Sources that a run worked on anew; what it leaves is held against a clean run."""
    steps: list[Step] = []
    api.run(inputs, out, progress=steps.append, **options)
    clean = out.parent / "clean"
    shutil.rmtree(clean, ignore_errors=True)
    api.run(inputs, clean, **options)
    assert tables(out) == tables(clean)
    assert lasting(out) == lasting(clean)
    assert validate(out) == []
    if "nothing has changed" in steps[-1]:
        return []
    assert len(steps) - steps[-1].unchanged == sum("(unchanged)" not in step for step in steps)
    return [step.split()[1].rstrip(":") for step in steps if "(unchanged)" not in step]


def test_what_has_not_changed_is_not_worked_on_again(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    both = ["子/二.txt", "新闻.txt"]
    assert sorted(worked(documents, out)) == both
    assert worked(documents, out) == []
    (documents / "三.txt").write_text("甲公司增长9.9%。", "utf-8")
    assert worked(documents, out) == ["三.txt"]
    (documents / "三.txt").rename(documents / "四.txt")
    assert worked(documents, out) == []  # its bytes are known
    (documents / "四.txt").unlink()
    assert worked(documents, out) == []
    assert sorted(worked(documents, out, force=True)) == both
    assert worked(documents, out) == []


def test_a_copy_of_a_known_document_is_a_duplicate_as_ever(documents: Path, tmp_path: Path) -> None:
    worked(documents, tmp_path / "out")
    shutil.copy(documents / "新闻.txt", documents / "子" / "copy.txt")
    assert worked(documents, tmp_path / "out") == []
    assert api.load(tmp_path / "out").rejects["reason"].tolist() == ["duplicate"]


def test_old_and_new_results_lie_in_the_order_of_sources(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    worked(documents, out)
    for name in ("a.txt", "新.txt", "龙.txt"):
        (documents / name).write_text(f"甲公司{name[0]}增长9.9%。去年出口3、5万元。", "utf-8")
    (documents / "b.png").write_bytes(b"\x89PNG")
    assert worked(documents, out, jobs=2) == ["a.txt", "新.txt", "龙.txt"]
    assert api.load(out).documents["source"].tolist() == ["a.txt", "子/二.txt", "新.txt", "新闻.txt", "龙.txt"]
    assert api.load(out).facts["shared"].dropna().tolist() == ["万元"] * 3


def test_large_tables_stay_as_they_are_too(documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "write", partial(write.write, part_rows=2))
    out = tmp_path / "out"
    api.run(documents, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.suffix == ".parquet" and path.is_file()}
    package = (out / "datapackage.json").read_bytes()
    part = out / "facts.parquet" / "part-00001.parquet"
    (out / "datapackage.json").unlink()
    for touched in (False, True):
        if touched:
            part.write_bytes(part.read_bytes()[:-1])
        steps: list[Step] = []
        api.run(documents, out, progress=steps.append)
        assert ("nothing has changed" in steps[-1]) != touched
        assert {path: path.read_bytes() for path in before} == before
        assert (out / "datapackage.json").read_bytes() == package
        assert validate(out) == []


@pytest.mark.parametrize(
    "options",
    [
        {"published": date(2024, 3, 12)},
        {"segmenter": "char"},
        {"roles": ["advert"]},
        {"cpu_limit": 7.0},
        {"max_numbers": 9},
    ],
    ids=lambda options: next(iter(options)),
)
def test_other_settings_are_other_results(documents: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    worked(documents, tmp_path / "out")
    assert len(worked(documents, tmp_path / "out", **options)) == 2
    assert worked(documents, tmp_path / "out", **options) == []
    assert worked(documents, tmp_path / "out") == []  # the older entries are still there


def test_other_rules_or_another_program_are_other_results(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "rules" / "numbers" / "money"
    folder.mkdir(parents=True)
    out = tmp_path / "out"
    worked(documents, out)
    for code in ("QQA", "QQB"):
        (folder / "currencies.csv").write_text(f"word,code\n岚元,{code}\n", "utf-8")
        assert len(worked(documents, out, rules=tmp_path / "rules")) == 2
        assert worked(documents, out, rules=tmp_path / "rules") == []
    monkeypatch.setattr(keys, "_program", lambda: ["another"])
    assert len(worked(documents, out)) == 2


def test_a_day_from_metadata_counts_and_a_title_needs_no_new_work(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    worked(documents, out)
    (documents / "metadata.csv").write_text("source,published\n子/二.txt,2024-03-12\n", "utf-8")
    assert worked(documents, out) == ["子/二.txt"]
    (documents / "metadata.csv").write_text("source,title,published\n子/二.txt,题,2024-03-12\n", "utf-8")
    assert worked(documents, out) == []
    assert "题" in api.load(out).documents["title"].tolist()


def test_records_and_refused_files_are_known_too(documents: Path, tmp_path: Path) -> None:
    rows = [{"id": "甲", "text": "甲公司增长1%"}, {"id": "乙", "text": ""}, {"id": "甲", "text": "丙公司增长3%"}]
    (documents / "行.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (documents / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (documents / "坏.txt").write_bytes("甲公司增长1%\n".encode() * 20 + b"\xff\xfe\n")
    assert len(worked(documents, tmp_path / "out")) == 5
    (documents / "新闻.txt").unlink()
    assert worked(documents, tmp_path / "out") == []


def test_tables_that_were_touched_are_written_anew(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("facts.parquet", "run.json"):
        api.run(documents, out)
        whole = tables(out)
        path = out / name
        path.write_bytes(path.read_bytes().replace(b"8.7", b"9.7") + b" ")
        assert worked(documents, out) == []
        assert tables(out) == whole


def test_what_chance_has_decided_is_not_kept(documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(flow, "extract_file", lambda source, *_: flow.failed(source, MemoryError()))
        assert api.run(documents, tmp_path / "out").info["counts"]["rejects"] == {"out_of_memory": 2}
    assert len(worked(documents, tmp_path / "out")) == 2


def test_a_document_that_changes_while_it_is_read_is_not_kept(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = flow.extract_file

    def changing(source: str, path: Path, settings: flow.Settings) -> Any:
        path.write_text(path.read_text("utf-8") + "乙公司增长2%。\n", "utf-8")
        return extract(source, path, settings)

    with monkeypatch.context() as patched:
        patched.setattr(flow, "extract_file", changing)
        api.run(documents, tmp_path / "out")
    assert len(worked(documents, tmp_path / "out")) == 2


# entries


def packed(key: str, said: Any) -> bytes:
    """An entry as the store writes it, digest and all."""
    text = json.dumps(said).encode()
    return store._digest(key, text) + zlib.compress(text)


def forged(change: Any) -> bytes:
    """An entry with a right digest in which one thing is not as it should be."""
    said = columns.plain([result("a.txt")], "a.txt")
    change(said[0])
    return packed(KEY, said)


class Bomb:
    def __reduce__(self) -> Any:
        return os._exit, (3,)


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "cut": packed(KEY, columns.plain([result("a.txt")], "a.txt"))[:-9],
    "bit": bytes([packed(KEY, [])[0] ^ 1]) + packed(KEY, [])[1:],
    "of another key": packed("b" * 64, columns.plain([result("a.txt")], "a.txt")),
    "pickle": pickle.dumps(Bomb()),
    "pickle inside": store._digest(KEY, pickle.dumps(Bomb())) + zlib.compress(pickle.dumps(Bomb())),
    "zip bomb": bytes(32) + zlib.compress(bytes(store.MOST_ENTRY + 1)),
    "deep": store._digest(KEY, b"[" * 10**6) + zlib.compress(b"[" * 10**6),
    "no list": packed(KEY, {"record": ""}),
    "type": forged(lambda said: said["facts"]["value"].__setitem__(0, "8.7")),
    "bool": forged(lambda said: said["facts"]["line_start"].__setitem__(0, True)),
    "word": forged(lambda said: said["facts"]["kind"].__setitem__(0, "guess")),
    "null": forged(lambda said: said["facts"]["fact_id"].__setitem__(0, None)),
    "date": forged(lambda said: said["facts"]["period_start"].__setitem__(0, "soon")),
    "decimal": forged(lambda said: said["facts"]["exact"].__setitem__(0, "1e999999999")),
    "half character": forged(lambda said: said["facts"]["surface"].__setitem__(0, "\ud800")),
    "large": forged(lambda said: said["facts"]["byte_end"].__setitem__(0, 2**70)),
    "column": forged(lambda said: said["facts"].pop("rule")),
    "short": forged(lambda said: said["facts"]["rule"].pop()),
    "key": forged(lambda said: said["facts"]["subject_id"].__setitem__(0, "E-none")),
    "articles": forged(lambda said: said["document"]["articles"].__setitem__(0, [1])),
    "aliases": forged(lambda said: said["entities"]["aliases"].__setitem__(0, [1])),
    "record": forged(lambda said: said.__setitem__("record", 7)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_that_does_not_hold_is_passed_over(tmp_path: Path, name: str) -> None:
    cache = Store(tmp_path)
    cache.put(KEY, "a.txt", [result("a.txt")])
    path = tmp_path / FOLDER / f"{KEY}.json.z"
    assert cache.get(KEY, "b.txt") == [without_raw("b.txt")]
    path.write_bytes(HOSTILE[name])
    assert cache.get(KEY, "b.txt") is None


def without_raw(source: str) -> Any:
    return result(source)  # `raw` takes no part in a comparison


@pytest.mark.skipif(os.name == "nt", reason="no pipes and few links there")
def test_links_and_pipes_in_the_cache_are_not_followed(tmp_path: Path) -> None:
    cache = Store(tmp_path)
    cache.put(KEY, "a.txt", [result("a.txt")])
    path = tmp_path / FOLDER / f"{KEY}.json.z"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.get(KEY, "a.txt") is None
    path.unlink()
    os.mkfifo(path)
    assert cache.get(KEY, "a.txt") is None
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / f"{KEY}.json.z").write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / FOLDER).symlink_to(mine)
    other = Store(out, most=1)
    other.put("b" * 64, "a.txt", [result("a.txt")])
    assert [path.name for path in mine.iterdir()] == [f"{KEY}.json.z"]
    assert other.get(KEY, "a.txt") is None


def test_the_cache_is_bounded_and_the_longest_unused_goes_first(tmp_path: Path) -> None:
    first = Store(tmp_path)
    names = [character * 64 for character in "abcd"]
    for moment, name in enumerate(names):
        first.put(name, "a.txt", [result("a.txt")])
        os.utime(tmp_path / FOLDER / f"{name}.json.z", (moment, moment))
    (tmp_path / FOLDER / f"{KEY}.json.z.tmp").write_bytes(b"half")
    (tmp_path / FOLDER / "notes.txt").write_bytes(b"mine")
    size = (tmp_path / FOLDER / f"{KEY}.json.z").stat().st_size
    second = Store(tmp_path, most=size * 4)
    assert second.get(names[0], "a.txt")
    second.put("e" * 64, "a.txt", [result("a.txt")])
    left = {path.name[0] for path in (tmp_path / FOLDER).iterdir() if path.suffix == ".z"}
    assert left == {"a", "c", "d", "e"}  # a was used again, half an entry was swept
    assert (tmp_path / FOLDER / "notes.txt").read_bytes() == b"mine"
    small = Store(tmp_path, most=size // 2)
    small.put("f" * 64, "a.txt", [result("a.txt", NEWS * 3)])
    assert not (tmp_path / FOLDER / f"{'f' * 64}.json.z").exists()


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file in its place", "utf-8")
    cache = Store(tmp_path)
    cache.put(KEY, "a.txt", [result("a.txt")])
    assert cache.get(KEY, "a.txt") is None
    assert (tmp_path / FOLDER).read_text("utf-8") == "a file in its place"


def test_every_record_comes_back_as_it_was(tmp_path: Path) -> None:
    text = "2023年，甲公司出口额增长8.7%，约12亿美元，是上年的1/3，3—5年内达到数十亿元，2月15日。\n" + NEWS
    real = flow.extract_text(text, flow.Settings())
    for results in ([real], [result("a.txt"), refused("a.txt")], [], [refused("a.txt#3")]):
        source = results[0].source.partition("#")[0] if results else ""
        assert columns.made(json.loads(json.dumps(columns.plain(results, source))), source) == results
    with pytest.raises(columns.BadEntry):
        columns.plain([result("a.txt")], "b.txt")


def test_a_run_over_unchanged_documents_takes_a_fifth_of_the_time(tmp_path: Path) -> None:
    import sys

    sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
    try:
        from corpus import varied
    finally:
        sys.path.pop(0)
    folder = tmp_path / "docs"
    folder.mkdir()
    for number, text in enumerate(varied(300_000, 5)):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    api.run(folder, tmp_path / "warm")
    seconds = []
    for _ in range(2):
        begun = time.process_time()
        api.run(folder, tmp_path / "out")
        seconds.append(time.process_time() - begun)
    assert seconds[0] > 5 * seconds[1], seconds
