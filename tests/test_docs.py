"""The documentation: its generated page is current, it builds without a warning, and every page is reached."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from zhfacts.tables import schema

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def test_the_page_of_columns_is_what_the_schema_says() -> None:
    """If not: zhfacts schema > docs/columns.md."""
    assert (DOCS / "columns.md").read_text("utf-8") == schema.markdown()


def test_it_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not re.search("WARNING|ERROR", done.stdout + done.stderr)
    built = {path.stem for path in (tmp_path / "site").glob("*.html")}
    assert built >= {path.stem for path in DOCS.glob("*.md")}
    start = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert not re.search(r'(?:src|href)="https?://fonts\.', start)
    assert all(f'href="{path.stem}.html"' in start for path in DOCS.glob("*.md") if path.stem != "index")


def test_figures_of_the_docs_come_with_a_day() -> None:
    for name in ("performance.md", "first-steps.md", "quality.md"):
        assert re.search(r"\d{1,2} November 2026", (DOCS / name).read_text("utf-8")), name
