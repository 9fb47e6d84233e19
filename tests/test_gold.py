"""The sample documents against their hand annotation: scores that must not fall, and the norm's own figures."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

import zhfacts
from zhfacts.scoring import report as told
from zhfacts.scoring.score import Report, score

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold"
NORM = ROOT.parent / "shared" / "gold" / "score.py"
"""The scorer of the annotation, which lies outside the repository."""
SCOPES = {"core": "core", "ext": "extended"}
NUMBERS = ("percent", "percentage_point", "money", "duration", "multiple", "quantity", "ordinal")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> zhfacts.Run:
    return zhfacts.run(ROOT / "seeds", tmp_path_factory.mktemp("samples"))


def scored(run: zhfacts.Run, gold: Path) -> Report:
    return score(run.out, run.info, gold)


def test_core_scores_of_the_sample_documents(samples: zhfacts.Run) -> None:
    report = scored(samples, GOLD)
    core = told.figures(report)["core"]
    print(core)  # noqa: T201  # shown when the test fails
    assert report.notes == []
    assert (core["recall"].of or 0) > 300, "the annotation was not read"
    assert (core["F1"].share or 0) >= 0.98
    assert (core["value"].share or 0) >= 0.98
    assert (core["bound"].share or 0) >= 0.97


def changed(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """An annotation with one of its fields changed."""
    field = chance.choice(
        ("text", "occ", "kind", "value", "range", "unit", "bound", "change", "basis", "subject", "attribute", "time")
    )
    numeric = record["kind"] in NUMBERS
    new: dict[str, Any] = {
        "text": record["text"][: max(1, len(record["text"]) - chance.choice((1, 2, 4)))],
        "occ": 1,
        "kind": chance.choice(NUMBERS if numeric else (record["kind"],)),
        "value": None if chance.random() < 0.5 else record["value"],
        "range": record["value"] + "/9" if numeric and record["value"] and "/" not in record["value"] else None,
        "unit": chance.choice(("", "USD", "家", "万家", "年")),
        "bound": chance.choice("=~<>"),
        "change": chance.choice((None, "up", "down")),
        "basis": chance.choice((None, "yoy", "2018年", "全国")),
        "subject": chance.choice((None, "我国", record["attribute"], (record["subject"] or "")[:2] or None)),
        "attribute": chance.choice((None, record["subject"], (record["attribute"] or "")[1:] or None)),
        "time": chance.choice((None, "2024", "2023/2024", "soon")),
    }
    return {**record, ("value" if field == "range" else field): new[field]}


def norm(facts: Path, seeds: Path, gold: list[Path]) -> dict[str, float]:
    """What the annotation's own scorer says."""
    spec = importlib.util.spec_from_file_location("norm", NORM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    old, sys.argv = sys.argv, ["score.py", str(facts), str(seeds), *map(str, gold), "--json"]
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            module.main()
    finally:
        sys.argv = old
    figures: dict[str, float] = json.loads(printed.getvalue())
    return figures


@pytest.mark.skipif(not NORM.is_file(), reason="the annotation's own scorer is not at hand")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(12))
def test_the_figures_are_those_of_the_norm(seed: int, samples: zhfacts.Run, tmp_path: Path) -> None:
    """On the samples' annotation as it is (seed 0), and with many of its fields changed, rows and lines left out."""
    chance = random.Random(seed)  # noqa: S311
    part = {"101": "101_0001_0060", "102": "102_0040_0170"} if seed % 2 else {}
    for path in sorted(GOLD.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if seed:
            rows = [changed(row, chance) if chance.random() < 0.6 else row for row in rows if chance.random() < 0.9]
            rows = [{**row, "optional": row["optional"] or chance.random() < 0.1} for row in rows]
        if path.stem in part:
            first, last = (int(each) for each in part[path.stem].split("_")[1:])
            rows = [row for row in rows if first <= row["line"] <= last]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"{part.get(path.stem, path.stem)}.jsonl").write_text(text, "utf-8")
    wanted = norm(samples.out / "facts.parquet", ROOT / "seeds", sorted(tmp_path.iterdir()))
    ours = told.figures(scored(samples, tmp_path))
    got = {f"{name} {field}": ours[scope][field].share for name, scope in SCOPES.items() for field in ours[scope]}
    assert {name: share for name, share in got.items() if share is not None} == wanted
