"""The same facts from a PDF of two columns that a browser prints of the text: `make test-pdf`.

Wants Chromium and a Chinese font, from Debian's packages chromium and fonts-noto-cjk; skipped where they are not.
"""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import pytest

from test_metamorphic import Measured, facts_of, group, paragraphs, paths, row, text_of, unwrapped
from zhfacts import flow

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run", "--disable-quic", "--no-pdf-header-footer")  # fmt: skip
STYLE = """
@page { size: A4; margin: 18mm }
body { column-count: 2; column-gap: 9mm; font: 10.5pt/1.6 "Noto Serif CJK SC", "Noto Sans CJK SC", serif }
p { margin: 0 0 1.6em 0; text-align: justify; orphans: 1; widows: 1 }
"""
SAME = 0.97

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt install chromium fonts-noto-cjk")


def printed(text: str, folder: Path) -> Path:
    """A PDF of the text in two columns, its paragraphs unwrapped before."""
    body = "\n".join(f"<p>{html.escape(line)}</p>" for _, line in paragraphs(text))
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}", "utf-8")
    command = [str(BROWSER), *QUIET, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return pdf


@group
def test_a_print_of_two_columns_states_the_same_facts(name: str, tmp_path: Path) -> None:
    measured = Measured(f"{name}, printed in two columns")
    for path in paths(name):
        folder = tmp_path / path.stem[:3]
        folder.mkdir()
        facts = flow.extract_file("page.pdf", printed(text_of(path), folder), flow.Settings()).facts
        measured.add(path.stem[:3], map(row, facts_of(unwrapped(text_of(path)))), map(row, facts))
    measured.holds(SAME)
