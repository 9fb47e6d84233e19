"""Facts of the sample documents, and of the real ones where they are at hand, against golden files.

A golden row holds places and figures; words of more than 12 characters only as a digest, quotes never.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from zhfacts import flow
from zhfacts.records import Fact

ROOT = Path(__file__).parent.parent
FOLDERS = {"sample": ROOT / "seeds", "real": ROOT.parent / "shared" / "seeds"}
PLAIN = (
    "line_start col_start line_end col_end kind value low high unit bound change when date_start date_end "
    "period_start period_end rule"
)


def short(text: str | None) -> str | None:
    if text is None or len(text) <= 12:
        return text
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()[:12]


def row(fact: Fact) -> dict[str, Any]:
    plain = {name: getattr(fact, name) for name in PLAIN.split()}
    shown = {k: str(v) if hasattr(v, "year") else v for k, v in plain.items() if v is not None}
    return {"source": fact.source[:3], **shown, "subject": short(fact.subject)}


def rows(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.glob("*.txt")):
        facts = flow.extract_file(path.name, path, flow.Settings()).facts
        found += [json.dumps(row(f), ensure_ascii=False, sort_keys=True) for f in facts]
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_facts_are_as_before(name: str, update_golden: bool) -> None:
    folder, golden = FOLDERS[name], ROOT / "tests" / "golden" / f"{name}.jsonl"
    if not folder.is_dir():
        pytest.skip(f"the {name} documents are not on this machine")
    found = rows(folder)
    if update_golden:
        golden.write_text("\n".join(found) + "\n", encoding="utf-8")
    before = golden.read_text(encoding="utf-8").splitlines()
    gone, new = [r for r in before if r not in found], [r for r in found if r not in before]
    assert (gone, new) == ([], []), "facts changed: look at them, then `make golden`"


def test_golden_files_hold_no_sentences() -> None:
    for path in (ROOT / "tests" / "golden").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = [v for v in json.loads(line).values() if isinstance(v, str) and not v.isascii()]
            assert all(len(w) <= 12 for w in words), line
