"""`zhfacts report`: a run as one page to look at, documents on the left and facts on the right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NAME = "report"
EXAMPLE = "Example: zhfacts report outputs -o report.html"


def command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write; an older report is replaced.")
    ] = Path("report.html"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no report, too.")] = False,
) -> None:
    """Write a page that shows every fact where it stands; it opens in any browser, with no network."""
    from zhfacts import api
    from zhfacts.cli import console
    from zhfacts.report import file, render

    file.refuse_foreign(output, force=force)
    run = api.load(out)
    page = render.render(run.out, run.info)
    file.put(page, output, force=force)
    counts = run.info["counts"]
    total, documents = sum(counts["facts"].values()), counts["documents"]
    told = f"{total:,} fact{'s' * (total != 1)} of {documents:,} document{'s' * (documents != 1)}"
    console.out().print(console.visible(f"{output}: {told}, {len(page) / 1e6:.1f} MB; open it in a browser"))
