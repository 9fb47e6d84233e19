"""The sample documents against their hand annotation: scores that must not fall."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scoring import CORE, gold, interval, score
from zhfacts import flow

ROOT = Path(__file__).parent.parent


def total() -> Counter[str]:
    n: Counter[str] = Counter()
    for path in sorted((ROOT / "tests" / "gold").glob("*.jsonl")):
        (source,) = (ROOT / "seeds").glob(f"{path.stem}_*.txt")
        facts = list(flow.extract_file(source.name, source, flow.Settings()).facts)
        n += score(source.read_text(encoding="utf-8"), gold(path), facts)
    return n


def test_core_scores_of_the_sample_documents() -> None:
    n = total()
    print(dict(n))  # noqa: T201  # shown when the test fails
    assert n["found"] > 300, "the annotation was not read"
    f1 = 2 * n["found"] / (2 * n["found"] + n["missed"] + n["spurious"])
    assert f1 >= 0.98
    assert n["value"] / n["found"] >= 0.98
    assert n["bound"] / n["with bound"] >= 0.97


def test_the_scorer_sees_what_is_missing() -> None:
    """Without facts all is missed; with facts and no annotation all is spurious."""
    path = ROOT / "tests" / "gold" / "101.jsonl"
    source = ROOT / "seeds" / "101_newspaper.txt"
    text, records = source.read_text(encoding="utf-8"), gold(path)
    facts = list(flow.extract_text(text, flow.Settings()).facts)
    assert score(text, records, [])["found"] == 0
    assert score(text, [], facts)["spurious"] == sum(f.kind in CORE for f in facts)


def test_intervals_of_annotation() -> None:
    assert [str(d) for d in interval("2024-02")] == ["2024-02-01", "2024-02-29"]
    assert [str(d) for d in interval("2018/2022")] == ["2018-01-01", "2022-12-31"]
    assert [str(d) for d in interval("2024-01-22")] == ["2024-01-22", "2024-01-22"]
