"""Facts of the sample documents, and of the real ones where they are at hand, against baselines of `zhfacts accept`.

A golden row holds places and figures; words of more than 12 characters only as a digest, quotes never. How sure the
ranker is (link_score) is left out: every fit changes it in all rows.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zhfacts import flow
from zhfacts.regression.baseline import LONGEST, Facts, of_facts, read, write
from zhfacts.regression.diff import compare
from zhfacts.regression.report import markdown

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
FOLDERS = {"sample": ROOT / "seeds", "real": ROOT.parent / "shared" / "seeds"}


def facts_of(folder: Path) -> Facts:
    paths = sorted(folder.glob("*.txt"))
    found = [flow.extract_file(path.name, path, flow.Settings()).facts for path in paths]
    return of_facts(fact for facts in found for fact in facts).without(["link_score"]).shortened()


@pytest.mark.parametrize("name", FOLDERS)
def test_facts_are_as_before(name: str, update_golden: bool) -> None:
    folder, golden = FOLDERS[name], GOLDEN / f"{name}.jsonl"
    if not folder.is_dir():
        pytest.skip(f"the {name} documents are not on this machine")
    found = facts_of(folder)
    if update_golden:
        write(found, golden)
    report = compare(read(golden), found)
    assert not report.changes, f"look at what changed, then `make golden`:\n{markdown(report, 50)}"


@pytest.mark.parametrize("name", FOLDERS)
def test_golden_files_hold_no_sentences(name: str) -> None:
    for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        words = [value for value in json.loads(line).values() if isinstance(value, str) and not value.isascii()]
        assert all(len(word) <= LONGEST for word in words), line
