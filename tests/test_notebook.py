"""The tour runs from top to bottom, and facts and runs show themselves in a notebook without harm."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest

import zhfacts
from handmade import published, refused, result

TOUR = Path(__file__).resolve().parent.parent / "pipeline" / "tour.ipynb"
EVIL = "<img src=x onerror=alert(1)>\u202e甲公司"


@pytest.fixture(scope="module")
def executed() -> Any:
    """The tour with its outputs, run in a kernel of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Jupyter's own, of loops and sockets
        from nbclient import NotebookClient

        notebook = nbformat.read(TOUR, as_version=4)
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": TOUR.parent}}
        )
        asyncio.run(client.async_execute())
    return notebook


def shown(notebook: Any) -> list[str]:
    """What the cells show, HTML where there is some, a picture as its type."""
    data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [
        "image/png" if "image/png" in one else str(one["text/html"])
        for one in data
        if {"text/html", "image/png"} & {*one}
    ]


def test_the_tour_is_committed_without_outputs_and_with_plain_metadata() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_tour_shows_what_it_tells(executed: Any) -> None:
    run, facts, fact, largest, lines, pivot, picture, claims = shown(executed)
    assert "<b>Run</b>" in run
    assert "line_start" in facts
    assert "<mark>3.2亿美元</mark>" in fact
    assert "CNY" in largest
    assert "role" in lines
    assert "亿元" in pivot
    assert picture == "image/png"
    assert claims.count(".txt") >= 2


def test_the_tour_complains_of_nothing(executed: Any) -> None:
    streams = [
        output for cell in executed.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ]
    assert [output.text for output in streams if output.name == "stderr"] == []


def test_a_run_shows_its_counts(tmp_path: Path) -> None:
    published(tmp_path / "<b>", result("a.txt"), refused("x.png"))
    card = zhfacts.load(tmp_path / "<b>")._repr_html_()
    assert "&lt;b&gt;" in card
    assert "<b></b>" not in card
    assert "binary" in card
    assert "<code>.facts</code>" in card


def test_a_fact_shows_its_sentence_with_the_number_marked() -> None:
    (fact,) = zhfacts.extract("远岚集团净利润达到57\n84亿元。")
    card = fact._repr_html_()
    assert "远岚集团 · 净利润: 578,400,000,000 CNY (money)" in card
    assert "达到<mark>5784亿元</mark>。" in card
    assert "57⏎84亿元" in card


def test_words_of_a_document_are_escaped_in_a_card() -> None:
    (fact,) = zhfacts.extract("远岚集团增长8.7%。")
    card = fact._replace(quote=f"{EVIL}8.7%", subject=EVIL, source=EVIL, surface="8.7%")._repr_html_()
    assert "<img" not in card
    assert "\u202e" not in card
    assert "<mark>8.7%</mark>" in card
    assert "<mark>" not in fact._replace(surface="9%")._repr_html_()
