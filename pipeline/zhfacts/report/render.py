"""A run as one page that needs nothing else: template, styles, script and data in one file.

Example: `render(Path("outputs"), info)` gives the same bytes for the same tables.
What documents say reaches the page in two ways only, both escaped: by the template, which Jinja2 escapes, and as
JSON in an element that is not run. The page's own policy forbids it to load or send anything, and names by their
digests the one script and the one sheet of styles it may use.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zhfacts.report.data import collect
from zhfacts.report.script import embedded, visible

STYLES: Final = ("tokens", "frame", "overview", "document", "facts", "narrow", "print")
SCRIPTS: Final = (
    "core", "amounts", "store", "overview", "charts", "document", "wires", "facts", "details", "controls", "main",
)  # fmt: skip
"""Our own files in `static/`, in the order in which they stand in the page."""
LANGUAGES: Final = ("en", "zh")
"""Languages of the page's own words, in `words/`."""


def render(out: Path, info: dict[str, Any]) -> bytes:
    """The page for the tables in `out`, as UTF-8."""
    data = collect(out, info)
    css, script = _style(), _script()
    page = _environment().get_template("report.html.j2").render(
        policy=_policy(css, script),
        version=info["version"],
        documents=data["documents"],
        kinds=_counted(data),
        total=len(data["facts"]["id"]),
        css=Markup(css),  # noqa: S704  # our own file
        script=Markup(script),  # noqa: S704  # our own files
        words=Markup(embedded(_words())),  # noqa: S704  # escaped for this very place
        data=Markup(embedded(data)),  # noqa: S704  # the same
        t=_words()["en"],
    )  # fmt: skip
    return page.encode("utf-8")


def _counted(data: dict[str, Any]) -> list[tuple[str, int]]:
    """Number of facts of each kind that there is."""
    counts = Counter(data["facts"].get("kind", ()))
    return [(kind, counts[number]) for number, kind in enumerate(data["kinds"]) if counts[number]]


def _policy(css: str, script: str) -> str:
    """What the page may do: run our script, use our styles, and nothing else."""
    allowed = f"script-src {_digest(script)}; style-src {_digest(css)}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    """A script or sheet as the policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _style() -> str:
    """Our styles, one sheet."""
    return "\n" + "\n".join(_file("static", f"{name}.css") for name in STYLES)


def _script() -> str:
    """Our script: its files share one scope, and nothing of it is seen from outside."""
    parts = "\n".join(_file("static", f"{name}.js") for name in SCRIPTS)
    return f'\n(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _words() -> dict[str, dict[str, str]]:
    """What the page itself says, by language."""
    return {language: json.loads(_file("words", f"{language}.json")) for language in LANGUAGES}


@cache
def _file(folder: str, name: str) -> str:
    """One of our own files, its lines ended alike on every system."""
    return files("zhfacts.report").joinpath(folder, name).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _environment() -> Environment:
    """Jinja2, which escapes whatever is not marked as ours."""
    loader = PackageLoader("zhfacts.report", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        newline_sequence="\n", keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["visible"] = visible
    return environment
